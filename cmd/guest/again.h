// The options of a run, taken from the file that it wrote.
#pragma once

#include <string>

#include "cmd/guest/options.h"

namespace m2sim::cmd {

// --again FILE. What else stands on the command line is stronger than the file.
void add_again_option(CLI::App& command, GuestOptions& options);

// Fills `options` as they were; the program of the command line, where there is one, stays. Throws UserError
// where the file is no run's, was written by an m2sim that did not note them, or names a program relative to
// another directory than this one.
void take_again(const std::string& path, GuestOptions& options);

// A line for each way in which the run is another one although nothing on the command line says so.
std::string not_again(const GuestOptions& options, const Manifest& manifest);

}  // namespace m2sim::cmd
