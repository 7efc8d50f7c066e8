// Where a sweep keeps what it has: a folder that several sweeps, on several hosts, may share.
//
//   sweep.json     the list of jobs
//   sweep.lock     held (flock) by every sweep that is at work here
//   jobs/ID.json   a job's result: written whole, synced and renamed, so that it is there or not
//   locks/ID       held by who runs the job; what is left of one that was killed holds nothing
//   work/ID/       of who holds the lock
//   results.*      made of the results by `collect`
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "cmd/sweep/jobs.h"

namespace m2sim::cmd {

struct JobResult {
  std::string id;
  bool done = false;
  std::string reason;             // why not, one line
  double seconds = 0;             // of the host
  std::uint64_t peak_memory = 0;  // bytes of the host
  std::uint64_t attempt = 1;      // the how many-th this is
  std::string run = {};           // what m2sim run wrote: JSON; empty when not done
};

// An exclusive right to run a job; it ends with its owner, however that ends.
class Claim {
 public:
  Claim(std::string lock_path, std::string work_path, int fd);
  ~Claim();
  Claim(Claim&& other) noexcept;
  Claim& operator=(Claim&&) = delete;

  const std::string& work() const { return work_path_; }  // a folder of its own

 private:
  std::string lock_path_;
  std::string work_path_;
  int fd_;
};

class SweepFolder {
 public:
  explicit SweepFolder(std::string path) : path_(std::move(path)) {}
  ~SweepFolder();
  SweepFolder(const SweepFolder&) = delete;
  SweepFolder& operator=(const SweepFolder&) = delete;

  // Makes the folder if need be, puts the list there and stays until the end. Throws UserError, also where a
  // sweep of another list is at work.
  void enter(const JobList& list);

  JobList list() const;  // throws UserError where there is no sweep
  std::optional<JobResult> result(const std::string& id) const;
  bool has_result(const std::string& id) const;
  void keep(const JobResult& result, const Claim& claim) const;

  // Nothing where somebody else has it. Throws UserError where that cannot be told.
  std::optional<Claim> claim(const std::string& id) const;
  bool is_claimed(const std::string& id) const;
  void tidy() const;  // takes away what is left of claims whose owners were killed

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  bool has_list(const std::string& text) const;

  std::string path_;
  int lock_ = -1;
};

}  // namespace m2sim::cmd
