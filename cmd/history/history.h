// Results of suites and profiles over time: the shapes that the parts of `m2sim history` hand to each other.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace m2sim::cmd {

// One program in one mode, with every figure's samples in the order of the runs. A run that lacks a figure
// leaves no gap: what counts is the distribution.
struct HistorySeries {
  std::string mode;
  std::string program;
  std::string program_sha256;  // of the guest's file; empty where the result did not say
  std::string config_sha256;
  std::string core;
  std::string
      phases;  // what of the program ran: "skip 1000000, warmup 10000, limit 100000"; empty: all of it
  std::map<std::string, std::vector<double>> figures;
};

// What a reader calls it: a part of a program is not the program.
inline std::string title_of(const std::string& program, const std::string& phases) {
  return phases.empty() ? program : program + " (" + phases + ")";
}

// One recording: repeated runs of one revision.
struct HistoryRecord {
  std::int64_t id = 0;      // from 1; 0: not stored
  std::string recorded_at;  // UTC, "2026-11-21 15:04:05"
  std::string revision;     // of the source that ran; "unknown" outside git
  std::string version;
  std::string host;  // processor that ran it; empty where the result did not say
  std::string note;
  std::vector<std::string> file_sha256;  // one a file: the same result is not recorded twice
  std::vector<HistorySeries> series;

  std::size_t runs() const { return file_sha256.size(); }
};

// The figure of all programs together has this name in place of a program's.
inline constexpr std::string_view kAllPrograms = "all";

// Whether a figure was measured on the host. All others depend on guest, configuration and mode alone: their
// noise is zero, and any difference is one.
inline bool is_measured(std::string_view figure) { return figure.starts_with("host."); }

// Reads results of `m2sim suite --json`, `m2sim profile --json` and `m2sim run --stats` of one revision; each
// file is a run. Throws UserError.
HistoryRecord read_results(const std::vector<std::string>& paths);

}  // namespace m2sim::cmd
