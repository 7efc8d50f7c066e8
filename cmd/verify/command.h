// m2sim verify: does a program do under m2sim what it does under qemu-aarch64?
#pragma once

#include <CLI/CLI.hpp>
#include <optional>

#include "cmd/guest/options.h"

namespace m2sim::cmd {

struct VerifyOptions {
  VerifyOptions() { guest.mode = "emulation"; }

  GuestOptions guest;
  std::optional<double> timeout;  // seconds of host time for each of the two
  bool files = false;             // each in a copy of its directory, which is compared, too
};

CLI::App* add_verify_command(CLI::App& app, VerifyOptions& options);

// 0: the same; 1: not the same; 2: could not be told. Throws UserError for what cannot be meant.
int verify(const VerifyOptions& options);

}  // namespace m2sim::cmd
