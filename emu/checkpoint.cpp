#include "emu/checkpoint.h"

#include <algorithm>
#include <utility>

#include "emu/block.h"
#include "emu/emulator.h"
#include "emu/linux/checkpoint/fields.h"
#include "emu/linux/checkpoint/guest.h"
#include "emu/linux/checkpoint/kept_files.h"
#include "emu/linux/load/guest_symbols.h"
#include "emu/linux/loaded_program.h"
#include "emu/machine.h"

namespace m2sim::emu {

namespace {

MachineOptions with(MachineOptions options, const CheckpointOrigin& origin) {
  options.program = origin.program;
  options.argv = origin.argv;
  options.envp = origin.environment;
  options.sysroot = origin.sysroot;
  options.start_time = origin.start_time;
  options.cpu = origin.cpu;
  return options;
}

}  // namespace

Checkpoint::Checkpoint(std::string bytes)
    : bytes_(std::move(bytes)), sections_(std::make_unique<SectionReader>(bytes_)) {
  Archive origin = sections_->next("origin");
  origin(origin_);
  origin.end();
  if (origin_.argv.empty()) origin.damaged();
}

Checkpoint::~Checkpoint() = default;

std::string Machine::checkpoint(const Emulator& emulator, const CheckpointOrigin& origin) {
  SectionWriter sections;
  CheckpointOrigin written = origin;
  RunPoint point = emulator.point();
  written.instructions = point.stats.insts;
  Archive head;
  head(written);
  sections.add("origin", head);
  Archive run;
  run(point);
  sections.add("run", run);
  save_guest(*kernel_, program_, sections);
  return sections.finish();
}

Machine::Machine(const MachineOptions& options, Checkpoint& checkpoint)
    : kernel_(std::make_unique<Kernel>(with(options, checkpoint.origin()))) {
  kernel_->describe = describe_address;
  SectionReader& sections = checkpoint.sections();
  Archive run = sections.next("run");
  RunPoint point;
  run(point);
  run.end();
  to_take_back_ = std::make_unique<KeptFiles>();
  program_ = restore_guest(*kernel_, sections, *to_take_back_);
  sections.finish();
  const auto ran_last = [&point](const auto& task) { return task->number == point.task; };
  const bool goes_on = point.same_space && std::ranges::any_of(kernel_->tasks(), ran_last);
  if (point.left_of_block > kMaxBlockInsts || (point.left_of_block != 0 && !goes_on)) run.damaged();
  symbols_ = std::make_unique<Symbols>(program_->image, program_->bias);
  run_point_ = point;
}

void Machine::begin() {
  if (const auto files = std::move(to_take_back_)) files->take_back();
}

}  // namespace m2sim::emu
