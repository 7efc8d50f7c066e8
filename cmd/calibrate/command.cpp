#include "cmd/calibrate/command.h"

#include <algorithm>

#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"

namespace m2sim::cmd {

CalibrateCommand::CalibrateCommand(CLI::App& app)
    : app_(app.add_subcommand("calibrate", "Compare a core with what was measured on real ones")) {
  app_->require_subcommand(0, 1);
  actions_ = {
      {add_instructions_action(*app_, instructions_),
       [this] { return calibrate_instructions(instructions_); }},
      {add_structures_action(*app_, structures_), [this] { return calibrate_structures(structures_); }},
      {add_ingest_action(*app_, ingest_), [this] { return calibrate_ingest(ingest_); }},
      {add_check_action(*app_, check_), [this] { return calibrate_check(check_); }},
      {add_scaling_action(*app_, scaling_), [this] { return calibrate_scaling(scaling_); }},
      {add_fit_action(*app_, fit_), [this] { return calibrate_fit(fit_); }},
  };
}

std::vector<std::string> CalibrateCommand::names() const {
  std::vector<std::string> names;
  for (const Action& action : actions_) names.push_back(action.app->get_name());
  return names;
}

const CLI::App& CalibrateCommand::action(const std::string& name) const {
  const auto found =
      std::ranges::find_if(actions_, [&](const Action& action) { return action.app->get_name() == name; });
  if (found != actions_.end()) return *found->app;
  throw failure("calibrate: there is no '{}'{}", name, did_you_mean(name, names()));
}

int CalibrateCommand::run() const {
  for (const Action& action : actions_) {
    if (action.app->parsed()) return action.run();
  }
  throw failure("calibrate: say what: {}", fmt::join(names(), ", "));
}

}  // namespace m2sim::cmd
