#include "cmd/sweep/folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"

namespace m2sim::cmd {
namespace {

using nlohmann::ordered_json;

constexpr int kResultSchema = 1;

void make_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) throw failure("cannot make the folder '{}': {}", path, error.message());
}

int opened(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) throw failure("cannot write '{}': {}", path, std::strerror(errno));
  return fd;
}

// False: somebody else has it.
bool locked(int fd, int operation, const std::string& path) {
  while (::flock(fd, operation) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR)
      throw failure("cannot lock '{}': {}; a sweep needs a file system with locks", path,
                    std::strerror(errno));
  }
  return true;
}

// Who gave the job up may have taken the file away between our opening it and locking it.
bool still_named(int fd, const std::string& path) {
  struct stat held {};
  struct stat named {};
  return ::fstat(fd, &held) == 0 && ::stat(path.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
         held.st_dev == named.st_dev;
}

}  // namespace

Claim::Claim(std::string lock_path, std::string work_path, int fd)
    : lock_path_(std::move(lock_path)), work_path_(std::move(work_path)), fd_(fd) {}

Claim::Claim(Claim&& other) noexcept
    : lock_path_(std::move(other.lock_path_)), work_path_(std::move(other.work_path_)), fd_(other.fd_) {
  other.fd_ = -1;
}

Claim::~Claim() {
  if (fd_ < 0) return;
  std::error_code ignored;
  std::filesystem::remove_all(work_path_, ignored);
  ::unlink(lock_path_.c_str());  // while it is held: a name without a holder would be nobody's
  ::close(fd_);
}

SweepFolder::~SweepFolder() {
  if (lock_ >= 0) ::close(lock_);
}

bool SweepFolder::has_list(const std::string& text) const {
  std::error_code ignored;
  return std::filesystem::exists(file("sweep.json"), ignored) && read_file(file("sweep.json")) == text;
}

void SweepFolder::enter(const JobList& list) {
  for (const char* part : {"", "/jobs", "/locks", "/work"}) make_folder(path_ + part);
  const std::string text = job_list_json(list);
  const std::string lock_path = file("sweep.lock");
  lock_ = opened(lock_path);
  constexpr int kTries = 50;
  for (int i = 0; i < kTries; ++i) {
    locked(lock_, LOCK_SH, lock_path);
    if (has_list(text)) return;
    ::flock(lock_, LOCK_UN);
    if (locked(lock_, LOCK_EX | LOCK_NB, lock_path)) {
      write_file_durably(file("sweep.json"), file("sweep.json.new"), text);
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));  // another one may be entering, too
    }
  }
  throw failure("a sweep of another plan is at work in '{}'; wait for it, or name another folder with --out",
                path_);
}

JobList SweepFolder::list() const {
  const std::string path = file("sweep.json");
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored))
    throw failure("there is no sweep in '{}'; m2sim sweep PLAN.toml --out FOLDER makes one", path_);
  return job_list(read_file(path), path);
}

bool SweepFolder::has_result(const std::string& id) const {
  // Nothing else of that name is one, and a pipe would be waited for.
  std::error_code ignored;
  return std::filesystem::is_regular_file(file("jobs/" + id + ".json"), ignored);
}

std::optional<JobResult> SweepFolder::result(const std::string& id) const {
  if (!has_result(id)) return std::nullopt;
  const ordered_json json = ordered_json::parse(read_file(file("jobs/" + id + ".json")), nullptr, false);
  JobResult result;
  try {
    // What a dying file system left of one is none: the job is done again.
    if (json.at("sweep_result") != kResultSchema || json.at("id") != id) return std::nullopt;
    result.id = id;
    json.at("done").get_to(result.done);
    json.at("reason").get_to(result.reason);
    json.at("seconds").get_to(result.seconds);
    json.at("peak_memory").get_to(result.peak_memory);
    json.at("attempt").get_to(result.attempt);
    if (result.done) result.run = json.at("run").dump();
  } catch (const ordered_json::exception&) {
    return std::nullopt;
  }
  return result;
}

void SweepFolder::keep(const JobResult& result, const Claim& claim) const {
  ordered_json json;
  json["sweep_result"] = kResultSchema;
  json["id"] = result.id;
  json["done"] = result.done;
  json["reason"] = result.reason;
  json["seconds"] = result.seconds;
  json["peak_memory"] = result.peak_memory;
  json["attempt"] = result.attempt;
  if (result.done) {
    json["run"] = ordered_json::parse(result.run);
    json["run"]["manifest"].erase(
        "configuration");  // the same in many: its hash and the job's settings say it
  }
  write_file_durably(file("jobs/" + result.id + ".json"), claim.work() + "/result.json",
                     json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n");
}

std::optional<Claim> SweepFolder::claim(const std::string& id) const {
  const std::string path = file("locks/" + id);
  for (;;) {
    const int fd = opened(path);
    try {
      if (!locked(fd, LOCK_EX | LOCK_NB, path)) {
        ::close(fd);
        return std::nullopt;
      }
    } catch (...) {
      ::close(fd);
      throw;
    }
    if (!still_named(fd, path)) {
      ::close(fd);
      continue;
    }
    Claim claim(path, file("work/" + id), fd);
    std::error_code ignored;
    std::filesystem::remove_all(claim.work(), ignored);  // of one that was killed
    make_folder(claim.work());
    return claim;
  }
}

void SweepFolder::tidy() const {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(file("locks"), ignored))
    names.push_back(entry.path().filename().string());
  for (const std::string& name : names) static_cast<void>(claim(name));
}

bool SweepFolder::is_claimed(const std::string& id) const {
  const std::string path = file("locks/" + id);
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return false;
  const bool free = ::flock(fd, LOCK_SH | LOCK_NB) == 0;
  ::close(fd);
  return !free;
}

}  // namespace m2sim::cmd
