#include "cmd/calibrate/kernels.h"

#include "cmd/suite/suite.h"

namespace m2sim::cmd {

std::vector<calibration::Kernel> suite_kernels(const std::string& folder) {
  std::vector<calibration::Kernel> kernels;
  for (const SuiteProgram& program : load_suite(folder.empty() ? suite_folder() : folder)) {
    if (program.iterations == 0 || !program.args.empty()) continue;
    calibration::Kernel& kernel = kernels.emplace_back();
    kernel.name = program.name;
    kernel.path = program.path;
    kernel.iterations = program.iterations;
    kernel.loop_instructions = program.expected_instructions / static_cast<double>(program.iterations);
    kernel.touches_much_memory = program.kind == "memory";
  }
  return kernels;
}

}  // namespace m2sim::cmd
