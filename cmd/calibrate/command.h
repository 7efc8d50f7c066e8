// m2sim calibrate: a model of a core beside what was measured on one. Each action is a command of its own.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "cmd/calibrate/check.h"
#include "cmd/calibrate/fit/command.h"
#include "cmd/calibrate/ingest.h"
#include "cmd/calibrate/instructions.h"
#include "cmd/calibrate/scaling.h"
#include "cmd/calibrate/structures.h"

namespace m2sim::cmd {

class CalibrateCommand {
 public:
  explicit CalibrateCommand(CLI::App& app);
  CalibrateCommand(const CalibrateCommand&) = delete;  // CLI11 holds the addresses of the options
  CalibrateCommand& operator=(const CalibrateCommand&) = delete;

  CLI::App* app() const { return app_; }
  // Throws UserError when there is none of this name.
  const CLI::App& action(const std::string& name) const;
  // The one that was parsed. Throws UserError when it fails, or when none was.
  int run() const;

 private:
  struct Action {
    CLI::App* app;
    std::function<int()> run;
  };

  std::vector<std::string> names() const;

  CLI::App* app_;
  InstructionsOptions instructions_;
  StructuresOptions structures_;
  IngestOptions ingest_;
  CheckAccuracyOptions check_;
  ScalingOptions scaling_;
  FitCommandOptions fit_;
  std::vector<Action> actions_;
};

}  // namespace m2sim::cmd
