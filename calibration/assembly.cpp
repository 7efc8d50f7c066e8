#include "calibration/assembly.h"

namespace m2sim::calibration {
namespace {

// All extensions that the experiments use.
constexpr std::string_view kHead =
    ".arch armv8.6-a+crypto+sha3+sm4+fp16fml+rcpc+ssbs+sb+predres+flagm\n.text\n";

// The labels start and started stand around what all begin with; 1, 2 and 3 before an experiment's setup,
// body and end. What is computed from them are distances in bytes.
std::string beginning() {
  std::string text = ".word (started-start)/4\nstart:\n";
  for (int i = 0; i <= 30; ++i) text += "mov x" + std::to_string(i) + ", #0\n";
  for (int i = 0; i <= 31; ++i) text += "movi v" + std::to_string(i) + ".2d, #0\n";
  text += "msr nzcv, xzr\n";
  for (int i = 3; i <= 6; ++i) {
    text += "mov x" + std::to_string(i) + ", #" + std::to_string(kMemoryAddress) + "\n";
  }
  return text + "started:\n";
}

std::string setup_of(const Experiment& experiment) {
  return "mov x0, #" + std::to_string(experiment.passes) + "\nmov x28, x0\n" + experiment.setup + "\nisb\n";
}

std::string end_of(const Experiment& experiment) {
  const std::string copies = "(3b-2b)*" + std::to_string(experiment.copies);
  const std::string back = copies + "-(2b-1b)-(started-start)\n";
  switch (experiment.loop) {
    case LoopEnd::kNone:
      return "b .-" + back;
    case LoopEnd::kSubs:
      return "subs x28, x28, #1\nb.ne .-4-" + copies + "\nb .-8-" + back;
    case LoopEnd::kSub:
      return "sub x28, x28, #1\ncbnz x28, .-4-" + copies + "\nb .-8-" + back;
  }
  return "";
}

}  // namespace

std::string assembly_source(std::span<const Experiment> experiments) {
  std::string text = std::string(kHead) + beginning();
  for (const Experiment& experiment : experiments) {
    text += ".word (2f-1f)/4, (3f-2f)/4, (4f-3f)/4\n1:\n" + setup_of(experiment) + "2:\n" + experiment.body +
            "\n3:\n" + end_of(experiment) + "4:\n";
  }
  return text;
}

}  // namespace m2sim::calibration
