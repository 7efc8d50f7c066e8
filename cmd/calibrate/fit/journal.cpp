#include "cmd/calibrate/fit/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"
#include "cmd/results/manifest.h"

namespace m2sim::cmd {
namespace {

constexpr std::string_view kJournalSchema = "m2sim-fit-journal";
constexpr int kJournalVersion = 2;
constexpr std::string_view kFirstWords = R"({"schema":"m2sim-fit-journal",)";
// A kill of this program loses nothing that was written; what a power cut can lose is bounded by this.
constexpr std::chrono::seconds kBetweenSyncs{2};

std::string this_program() { return fmt::format("{} ({})", version(), revision()); }

}  // namespace

FitJournal::FitJournal(std::string path, const nlohmann::ordered_json& fit, std::string date, bool resume)
    : path_(std::move(path)), date_(std::move(date)) {
  open(resume);
  const std::string text = resume ? read_file(path_) : "";
  const std::size_t whole = read(text, fit, fit.at("observations").size());
  if (whole == 0) {
    // A kill can leave a part of the first line, and nothing else that may be overwritten.
    if (!text.starts_with(kFirstWords.substr(0, text.size())))
      throw failure("'{}' is no journal of a fit", path_);
    if (!text.empty() && ::ftruncate(file_.fd, 0) != 0) fail_writing(errno);
    write_line({{"schema", kJournalSchema},
                {"schema_version", kJournalVersion},
                {"m2sim", this_program()},
                {"date", date_},
                {"fit", fit}});
  } else if (whole < text.size() && ::ftruncate(file_.fd, static_cast<off_t>(whole)) != 0) {
    fail_writing(errno);
  }
}

FitJournal::OpenFile::~OpenFile() {
  if (fd >= 0) ::close(fd);
}

void FitJournal::open(bool resume) {
  const int flags = O_RDWR | O_APPEND | O_CLOEXEC;
  file_.fd = ::open(path_.c_str(), flags | O_CREAT | (resume ? 0 : O_EXCL), 0666);
  // A device is there already and has nothing in it.
  if (file_.fd < 0 && errno == EEXIST && ::access(path_.c_str(), F_OK) == 0) {
    struct stat status {};
    if (::stat(path_.c_str(), &status) == 0 && S_ISREG(status.st_mode))
      throw failure("there is a journal '{}' already: --resume goes on with its fit, removing it begins anew",
                    path_);
    file_.fd = ::open(path_.c_str(), flags);
  }
  if (file_.fd < 0) fail_writing(errno);
  if (::flock(file_.fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    throw failure("journal '{}': another fit is writing to it", path_);
}

std::size_t FitJournal::read(std::string_view text, const nlohmann::ordered_json& fit,
                             std::size_t predictions) {
  std::size_t begin = 0;
  for (std::size_t number = 1;; ++number) {
    const std::size_t end = text.find('\n', begin);
    if (end == std::string_view::npos) return begin;
    const std::string_view line = text.substr(begin, end - begin);
    number == 1 ? read_header(line, fit) : read_entry(line, number, predictions);
    begin = end + 1;
  }
}

void FitJournal::read_header(std::string_view line, const nlohmann::ordered_json& fit) {
  const auto header = nlohmann::ordered_json::parse(line, nullptr, false);
  if (!header.is_object() || header.value("schema", "") != kJournalSchema || !header.contains("fit"))
    throw failure("'{}' is no journal of a fit", path_);
  if (header.value("schema_version", 0) != kJournalVersion)
    throw failure("journal '{}': its schema version is not {}", path_, kJournalVersion);
  if (header.value("m2sim", "") != this_program())
    throw failure("journal '{}' was written by m2sim {}, this is {}: what the models say may differ", path_,
                  header.value("m2sim", ""), this_program());
  for (const auto& [key, value] : fit.items()) {
    if (!header["fit"].contains(key) || header["fit"][key] != value)
      throw failure("journal '{}' is of another fit: its {} differ", path_, key);
  }
  date_ = header.value("date", date_);
}

void FitJournal::read_entry(std::string_view line, std::size_t number, std::size_t predictions) {
  JournalEntry entry;
  bool whole = true;
  try {
    const auto json = nlohmann::json::parse(line);
    entry.mode = json.at("mode").get<std::string>();
    entry.values = json.at("values").get<calibration::Values>();
    for (const auto& value : json.at("values")) whole = whole && value.is_number_integer();
    for (const auto& value : json.at("predictions")) {
      whole = whole && (value.is_null() || value.get<double>() >= 0);
      entry.predictions.push_back(value.is_null() ? std::numeric_limits<double>::quiet_NaN()
                                                  : value.get<double>());
    }
  } catch (const nlohmann::json::exception&) {
    whole = false;
  }
  // Not all that a fit has needed so far is there, but something is.
  whole = whole &&
          std::ranges::any_of(entry.predictions, [](double value) { return value != calibration::kUnasked; });
  if (!whole) throw failure("journal '{}', line {}: this is no evaluation", path_, number);
  if (entry.predictions.size() != predictions)
    throw failure("journal '{}', line {}: {} predictions, of {}", path_, number, entry.predictions.size(),
                  predictions);
  entries_.push_back(std::move(entry));
}

void FitJournal::append(std::string_view mode, const calibration::Values& values,
                        const calibration::Predictions& predictions) {
  write_line({{"mode", mode}, {"values", values}, {"predictions", predictions}});
}

void FitJournal::write_line(const nlohmann::ordered_json& json) {
  const std::string line = json.dump() + "\n";
  const ssize_t written = ::write(file_.fd, line.data(), line.size());
  if (written < 0) fail_writing(errno);
  if (static_cast<std::size_t>(written) != line.size()) fail_writing(ENOSPC);
  const auto now = std::chrono::steady_clock::now();
  if (now - synced_ < kBetweenSyncs) return;
  // Of a pipe or a device there is nothing to sync.
  if (::fdatasync(file_.fd) != 0 && errno != EINVAL && errno != EROFS) fail_writing(errno);
  synced_ = now;
}

void FitJournal::fail_writing(int error) const {
  throw failure("cannot write the journal '{}': {}; what is in it is kept for --resume", path_,
                std::strerror(error));
}

}  // namespace m2sim::cmd
