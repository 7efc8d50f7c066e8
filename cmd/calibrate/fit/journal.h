// The journal of a fit: what was evaluated, one line of JSON each, so that a fit that was killed goes on from
// there.
//
// The first line says which fit it is of. A line is appended by one write, so that a kill loses at most what
// was being evaluated; a last line that is not whole is dropped.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "calibration/fit/evaluations.h"

namespace m2sim::cmd {

struct JournalEntry {
  std::string mode;
  calibration::Values values;
  calibration::Predictions predictions;
};

class FitJournal {
 public:
  // `fit` holds all that the answer depends on. Without `resume` the file must not be there, with it it may;
  // then its date and entries are taken over. Throws UserError: it cannot be written, is of another fit, or
  // in use.
  FitJournal(std::string path, const nlohmann::ordered_json& fit, std::string date, bool resume);

  const std::string& path() const { return path_; }
  const std::string& date() const { return date_; }  // on which the fit began
  const std::vector<JournalEntry>& entries() const { return entries_; }

  // Throws UserError, as when the disk is full; what is there stays.
  void append(std::string_view mode, const calibration::Values& values,
              const calibration::Predictions& predictions);

 private:
  // A constructor that throws closes it too.
  struct OpenFile {
    OpenFile() = default;
    ~OpenFile();
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    int fd = -1;
  };

  void open(bool resume);
  // Returns how many bytes of the text are whole lines.
  std::size_t read(std::string_view text, const nlohmann::ordered_json& fit, std::size_t predictions);
  void read_header(std::string_view line, const nlohmann::ordered_json& fit);
  void read_entry(std::string_view line, std::size_t number, std::size_t predictions);
  void write_line(const nlohmann::ordered_json& json);
  [[noreturn]] void fail_writing(int error) const;

  std::string path_;
  std::string date_;
  OpenFile file_;
  std::vector<JournalEntry> entries_;
  std::chrono::steady_clock::time_point synced_{};
};

}  // namespace m2sim::cmd
