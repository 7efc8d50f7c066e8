// Going on where another emulator has stopped, in this process or in another.
#include <algorithm>
#include <utility>

#include "emu/emulator.h"
#include "emu/linux/process.h"

namespace m2sim::emu {

RunPoint Emulator::point() const {
  RunPoint point;
  point.stats = stats_;
  point.ticks = clock_.now(stats_.insts);
  point.task = task_number_;
  point.goes_on = task_goes_on_;
  point.left_of_block = partial_ == nullptr ? partial_left_ : partial_->inst_count - partial_done_;
  const auto& tasks = kernel_.tasks();
  const auto found = std::find_if(tasks.begin(), tasks.end(),
                                  [this](const auto& task) { return task->number == task_number_; });
  point.same_space = cpu_ != nullptr && found != tasks.end() && (*found)->process->space.get() == space_;
  return point;
}

void Emulator::resume(const RunPoint& point) {
  stats_ = point.stats;
  clock_.resume(point.ticks, stats_.insts);
  task_number_ = point.task;
  partial_left_ = point.left_of_block;
  const auto& tasks = kernel_.tasks();
  const auto found = std::find_if(tasks.begin(), tasks.end(),
                                  [&point](const auto& task) { return task->number == point.task; });
  if (found == tasks.end() || !point.same_space) return;
  task_ = found->get();
  cpu_ = &task_->cpu;
  space_ = task_->process->space.get();
  task_goes_on_ = point.goes_on;
  pc_ = cpu_->pc;
}

void Emulator::drop_record() {
  partial_record_ = nullptr;
  if (partial_ != nullptr) blocks_for(false);
}

// The rest of it is a block of its own, which nothing interrupts and no log has: as behind a run that ended
// inside one and had no log.
void Emulator::resume_block() {
  Blocks& blocks = blocks_for(false);
  // Whatever is watched for by now, it is one block.
  Translator translator(false, kernel_.options.cpu);
  translator.look_at(space_->memory, space_->number);
  partial_ = translator.translate(pc_, blocks.cache, std::exchange(partial_left_, 0U), false);
  partial_done_ = 0;
  partial_record_ = nullptr;
}

}  // namespace m2sim::emu
