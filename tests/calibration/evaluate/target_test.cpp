#include "calibration/evaluate/target.h"

#include <gtest/gtest.h>

namespace m2sim::calibration {
namespace {

TEST(Target, NamesAndTheirKinds) {
  EXPECT_EQ(parse_target("gemm"), (Target{TargetKind::kKernel, "gemm", 0}));
  EXPECT_EQ(parse_target("instruction/ADD (immediate, 64-bit) latency 1>2"),
            (Target{TargetKind::kInstruction, "ADD (immediate, 64-bit) latency 1>2", 0}));
  EXPECT_EQ(parse_target("structure/latency@32768"), (Target{TargetKind::kStructure, "latency", 32768}));
}

TEST(Target, WhatIsNoTarget) {
  for (const std::string_view text :
       {"", "instruction/", "structure/latency", "structure/@1", "structure/latency@", "structure/latency@1k",
        "structure/latency@-1", "structure/latency@99999999999999999999"}) {
    EXPECT_EQ(parse_target(text), std::nullopt) << text;
  }
}

TEST(Target, TextIsWhatWasParsed) {
  for (const std::string_view text : {"2mm", "instruction/A #2", "structure/window.nops@280"}) {
    EXPECT_EQ(text_of(parse_target(text).value()), text);
  }
}

}  // namespace
}  // namespace m2sim::calibration
