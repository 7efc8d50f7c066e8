// A run whose guest may write: that is no output of the test.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "emu/emulator.h"

namespace m2sim::emu::testing {

// What it writes to standard output is appended to `written`.
inline RunEnd run_quietly(Emulator& emulator, std::string& written, const Until& until = {}) {
  NoSink sink;
  ::testing::internal::CaptureStdout();
  const RunEnd end = emulator.run(sink, until);
  written += ::testing::internal::GetCapturedStdout();
  return end;
}

}  // namespace m2sim::emu::testing
