#include "cmd/verify/files.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "cmd/console/failure.h"
#include "cmd/console/terminal.h"
#include "cmd/verify/difference.h"

namespace m2sim::cmd {
namespace {

namespace fs = std::filesystem;

using Names = std::map<std::string, fs::file_status>;

Names names_in(const fs::path& folder) {
  Names names;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    names[entry.path().lexically_relative(folder)] = entry.symlink_status();
  return names;
}

// Empty: none.
std::string difference_of(const fs::path& first, const fs::path& second, const fs::file_status& one,
                          const fs::file_status& other) {
  if (one.type() != other.type()) return "is of another kind";
  if (fs::is_symlink(one)) {
    const bool same = fs::read_symlink(first) == fs::read_symlink(second);
    return same ? "" : "is a link to another file";
  }
  if (one.permissions() != other.permissions()) {
    return fmt::format("has the permissions {:o} and {:o}", static_cast<unsigned>(one.permissions()),
                       static_cast<unsigned>(other.permissions()));
  }
  if (!fs::is_regular_file(one)) return "";
  const std::optional<FileDifference> difference = first_difference(first, second);
  return difference ? fmt::format("differs at offset {}, in line {}", difference->offset, difference->line)
                    : "";
}

class Copier {
 public:
  Copier(const fs::path& from, const fs::path& without) : from_(from), without_(without) {}

  void copy(const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::create_directory(to, from, error);
    require(error, from);
    fs::directory_iterator at(from, error);
    for (; !error && at != fs::directory_iterator(); at.increment(error)) copy_entry(*at, to);
    require(error, from);
  }
  std::vector<std::string> take_left_out() { return std::move(left_out_); }

 private:
  void copy_entry(const fs::directory_entry& entry, const fs::path& folder) {
    std::error_code error;
    const fs::path to = folder / entry.path().filename();
    const fs::file_status status = entry.symlink_status(error);
    require(error, entry.path());
    if (fs::is_directory(status)) {
      const bool own = fs::equivalent(entry.path(), without_, error);
      require(error, entry.path());
      if (!own) copy(entry.path(), to);
    } else if (fs::is_symlink(status)) {
      fs::copy_symlink(entry.path(), to, error);
    } else if (fs::is_regular_file(status)) {
      fs::copy_file(entry.path(), to, error);
    } else {
      left_out_.push_back(entry.path().lexically_relative(from_));
    }
    require(error, entry.path());
  }

  static void require(const std::error_code& error, const fs::path& path) {
    if (error)
      throw failure(
          "verify: --files: cannot copy '{}' into a temporary folder: {}; --cwd says what is copied, TMPDIR "
          "where to",
          path.string(), error.message());
  }

  const fs::path& from_;
  const fs::path& without_;
  std::vector<std::string> left_out_;
};

}  // namespace

std::vector<std::string> copy_folder(const fs::path& from, const fs::path& to, const fs::path& without) {
  Copier copier(from, without);
  copier.copy(from, to);
  return copier.take_left_out();
}

std::vector<std::string> file_differences(const fs::path& first, const fs::path& second) {
  const Names ones = names_in(first);
  Names others = names_in(second);
  std::vector<std::string> lines;
  const auto say = [&lines](const std::string& name, const std::string& what) {
    lines.push_back(fmt::format("file '{}' {}", printable(name), what));
  };
  for (const auto& [name, status] : ones) {
    const auto other = others.find(name);
    if (other == others.end()) {
      say(name, "is left only under qemu-aarch64");
      continue;
    }
    const std::string what = difference_of(first / name, second / name, status, other->second);
    if (!what.empty()) say(name, what);
    others.erase(other);
  }
  for (const auto& [name, status] : others) say(name, "is left only under m2sim");
  return lines;
}

}  // namespace m2sim::cmd
