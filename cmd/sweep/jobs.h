// The runs that a plan asks for, each with an id that is the content of all that its figures depend on.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "cmd/sweep/plan.h"

namespace m2sim::cmd {

struct Job {
  std::string id;  // SHA-256 of program, inputs, configuration, options and m2sim's revision
  std::string program;
  std::string input;
  std::string mode;
  std::string core;                  // empty in emulation mode
  std::vector<std::string> choices;  // of each axis
  Settings settings;
  std::string program_sha256;
  std::string config_sha256;  // empty in emulation mode
  Words arguments;            // of m2sim run, without where its figures go
  std::string stdin_path;     // empty: none
  double timeout = 0;         // seconds; 0: none
  std::uint64_t memory = 0;   // bytes; 0: not known
  int status = 0;             // exit status of a good run

  std::string label() const;  // "sort, small, timing, m2-pcore, rob.groups=100"
};

struct JobList {
  std::string folder;    // that jobs run in
  std::string revision;  // of the m2sim that they are for
  std::vector<std::string> axes;
  std::vector<std::string> settings;  // paths
  std::vector<Job> jobs;              // ids differ
  std::size_t repeated = 0;           // points of the plan that are a job that is there already
};

// Throws UserError for options that m2sim run does not have.
using CheckRunOptions = std::function<void(const Words&)>;

// Which m2sim this is: its revision and, where that does not say all, what is in the file.
std::string own_revision();

// Throws UserError: a file that is not there, options that a sweep cannot have, a core that cannot be built.
JobList expand(const SweepPlan& plan, const CheckRunOptions& check_options);

// The same list always gives the same bytes. job_list throws UserError for what is none.
std::string job_list_json(const JobList& list);
JobList job_list(const std::string& json, const std::string& file_name);

}  // namespace m2sim::cmd
