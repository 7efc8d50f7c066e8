#include "calibration/assembly.h"

#include <gtest/gtest.h>

namespace m2sim::calibration {
namespace {

std::string source(LoopEnd loop) {
  Experiment experiment;
  experiment.body = "add x0, x0, x1";
  experiment.setup = "mov x1, 2";
  experiment.loop = loop;
  experiment.copies = 7;
  experiment.passes = 9;
  const std::vector<Experiment> experiments{experiment};
  return assembly_source(experiments);
}

TEST(AssemblySource, RegistersStandAsOnTheHardwareAndTheSetupComesBehindThem) {
  const std::string text = source(LoopEnd::kSubs);
  EXPECT_LT(text.find("mov x6, #268435456"),
            text.find("mov x0, #9\nmov x28, x0\nmov x1, 2\nisb\n2:\nadd x0, x0, x1\n3:\n"));
  EXPECT_NE(text.find("mov x0, #9\nmov x28, x0\nmov x1, 2\nisb\n"), std::string::npos);
}

TEST(AssemblySource, TheLoopEndsAsItsExperimentSays) {
  EXPECT_NE(source(LoopEnd::kSubs).find("\nsubs x28, x28, #1\nb.ne .-4-(3b-2b)*7\n"), std::string::npos);
  EXPECT_NE(source(LoopEnd::kSub).find("\nsub x28, x28, #1\ncbnz x28, .-4-(3b-2b)*7\n"), std::string::npos);
  EXPECT_EQ(source(LoopEnd::kNone).find("x28, #1"), std::string::npos);
}

}  // namespace
}  // namespace m2sim::calibration
