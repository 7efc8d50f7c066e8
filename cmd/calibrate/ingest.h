// m2sim calibrate ingest: what was measured, and how far it is to be trusted.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cmd/calibrate/measurement_files.h"

namespace m2sim::cmd {

struct IngestOptions {
  std::vector<std::string> files;  // none: the shipped ones
  ForeignOptions foreign;
  std::string json;
  std::string csv;
  std::string write;
  bool quiet = false;
};

CLI::App* add_ingest_action(CLI::App& app, IngestOptions& options);

// Throws UserError.
int calibrate_ingest(const IngestOptions& options);

}  // namespace m2sim::cmd
