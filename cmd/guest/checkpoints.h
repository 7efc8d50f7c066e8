// Checkpoints of a run: where they are made, and a run that goes on from one.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cmd/results/manifest.h"
#include "emu/checkpoint.h"
#include "timing/config/config.h"
#include "timing/run/keeper.h"

namespace m2sim::emu {
class Machine;
}

namespace m2sim::cmd {

struct GuestOptions;
class GuestHost;

struct CheckpointOptions {
  std::vector<std::string> at;  // INSTS=FILE each
  bool warm = false;            // with what the model has learned
  std::string restore;          // FILE; empty: the program begins
  bool cold = false;            // without
};

void add_checkpoint_options(CLI::App& command, CheckpointOptions& options);

struct CheckpointPoint {
  std::uint64_t insts;  // since the program began
  std::string file;
};

// In the order in which they come. Throws UserError.
std::vector<CheckpointPoint> checkpoint_points(const CheckpointOptions& options);
// Their files can be written, and none is named twice or is one of `others`. Throws UserError.
void require_checkpoint_files(const CheckpointOptions& options, std::vector<std::string> others);

// What --restore names, and `options` are those of the run that it is of: its program and surroundings, which
// may not be given otherwise. Null: nothing is restored. Throws UserError.
std::unique_ptr<emu::Checkpoint> take_checkpoint(GuestOptions& options);

// From the beginning, or from `checkpoint`.
emu::Machine machine_for(const GuestOptions& options, const GuestHost& host, emu::Checkpoint* checkpoint);

// What the model begins with that goes on from `checkpoint`: of the same configuration alone. Throws
// UserError.
std::string learned_from(const GuestOptions& options, const emu::Checkpoint* checkpoint, Mode mode,
                         const timing::CoreConfig& config);

class CheckpointKeeper : public timing::Keeper {
 public:
  CheckpointKeeper(const GuestOptions& options, const GuestHost& host, emu::Machine& machine,
                   const timing::CoreConfig& config);

  std::uint64_t next() const override;
  bool keeps_model() const override { return warm_; }
  void keep(const emu::Emulator& emulator, const std::string& learned) override;
  bool any() const { return !points_.empty(); }
  // A line for each that could not be made so far: the run goes on behind it.
  const std::vector<std::string>& failures() const { return failures_; }
  // A line for each point that the run did not come to.
  std::vector<std::string> unreached(std::uint64_t insts) const;

 private:
  std::vector<CheckpointPoint> points_;
  std::size_t next_ = 0;
  bool warm_;
  const GuestHost& host_;
  emu::Machine& machine_;
  emu::CheckpointOrigin origin_;
  std::vector<std::string> failures_;
};

}  // namespace m2sim::cmd
