#include "emu/linux/files/path_walk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <optional>

#include "emu/linux/files/proc_files.h"
#include "emu/linux/process.h"

namespace m2sim::emu {

namespace {

constexpr int kMostLinks = 40;  // MAXSYMLINKS
constexpr std::size_t kNameMost = NAME_MAX;

HostPath refused(int error) { return {-1, {}, error}; }

// What a canonical guest name stands for.
struct Found {
  enum class Kind : std::uint8_t { kMissing, kDirectory, kOther, kLink };
  Kind kind = Kind::kMissing;
  int error = 0;
  bool made_up = false;
  std::string host;                // absolute host name
  std::string target;              // of a link
  std::optional<int> jump_target;  // of a link that leads to an open file: its host descriptor
};

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool is_directory(const std::string& host_path) {
  struct stat status {};
  return ::stat(host_path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

// ENOENT: nothing there, nor above.
Found look_at_host(std::string host_path) {
  Found found;
  struct stat status {};
  if (::lstat(host_path.c_str(), &status) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) found.error = errno;
    return found;
  }
  found.kind = S_ISDIR(status.st_mode)   ? Found::Kind::kDirectory
               : S_ISLNK(status.st_mode) ? Found::Kind::kLink
                                         : Found::Kind::kOther;
  if (found.kind == Found::Kind::kLink) {
    found.target.resize(PATH_MAX);
    const ssize_t length = ::readlink(host_path.c_str(), found.target.data(), found.target.size());
    if (length < 0) found.error = errno;
    found.target.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
  }
  found.host = std::move(host_path);
  return found;
}

Found look_at_made_up(const Process& process, const std::string& path) {
  Found found;
  found.made_up = true;
  const std::optional<MadeUpFile> file = find_made_up(process, path);
  if (!file) return found;
  switch (file->kind) {
    case MadeUpFile::Kind::kDirectory:
      found.kind = Found::Kind::kDirectory;
      break;
    case MadeUpFile::Kind::kText:
      found.kind = Found::Kind::kOther;
      break;
    case MadeUpFile::Kind::kLink:
      found.kind = Found::Kind::kLink;
      found.target = file->target;
      found.jump_target = file->open_file;
      break;
  }
  return found;
}

class Walk {
 public:
  // `in_sysroot`: it begins in a directory of the sysroot, where new files shall go.
  Walk(const Process& process, LastLink last, bool in_sysroot)
      : process_(process),
        sysroot_(process.credentials.hosts_files() ? process.paths.sysroot()
                                                   : process.paths.way_into_sysroot()),
        last_(last),
        in_sysroot_(in_sysroot) {}

  // What lies below `directory`, an absolute host name, is reached by way of a descriptor of it: the folders
  // above may be closed to whom the guest has become.
  void begin_at(std::string directory, int descriptor) {
    start_ = std::move(directory);
    way_ = descriptor == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/" + std::to_string(descriptor);
  }
  // `at_` is a directory, canonical.
  HostPath follow(std::string at, std::string name);

 private:
  enum class Step : std::uint8_t { kOn, kDone };

  Found look(const std::string& path) const;
  std::string outside(const std::string& path) const;
  HostPath directory_itself() const;
  HostPath missing(const std::string& path) const;
  Step enter(const std::string& component);
  Step enter_link(const Found& found);
  Step done(HostPath result) {
    result_ = std::move(result);
    return Step::kDone;
  }
  bool ends_here() const { return rest_.find_first_not_of('/') == std::string::npos; }

  const Process& process_;
  std::string sysroot_;
  LastLink last_;
  bool in_sysroot_;
  std::string start_;
  std::string way_;  // to it; empty: by its name
  std::string at_;
  std::string rest_;
  HostPath result_;
  int links_ = 0;
};

Found Walk::look(const std::string& path) const {
  if (is_made_up(path)) return look_at_made_up(process_, path);
  if (!sysroot_.empty()) {
    Found inside = look_at_host(sysroot_ + path);
    if (inside.kind != Found::Kind::kMissing || inside.error != 0) return inside;
  }
  return look_at_host(outside(path));
}

// The host's name of what is not in the sysroot.
std::string Walk::outside(const std::string& path) const {
  if (way_.empty() || path.compare(0, start_.size(), start_) != 0) return path;
  if (path.size() > start_.size() && path[start_.size()] != '/') return path;
  return way_ + path.substr(start_.size());
}

// The name ended in a directory that was reached before: "/", "x/." or "x/..". The dot makes the host refuse
// to remove or rename it by such a name.
HostPath Walk::directory_itself() const {
  if (is_made_up(at_)) return {AT_FDCWD, "/proc", EPERM, at_};
  const Found found = look(at_);
  if (found.error != 0 || found.kind != Found::Kind::kDirectory) {
    return refused(found.error != 0 ? found.error : ENOENT);
  }
  return {AT_FDCWD, found.host + "/."};
}

HostPath Walk::missing(const std::string& path) const {
  if (is_made_up(path)) return refused(ENOENT);
  if (sysroot_.empty()) return {AT_FDCWD, outside(path) + rest_};
  const std::string parent = parent_of(path);
  const bool inside = is_directory(sysroot_ + parent);
  if (inside && (in_sysroot_ || !is_directory(outside(parent)))) return {AT_FDCWD, sysroot_ + path + rest_};
  return {AT_FDCWD, outside(path) + rest_};
}

Walk::Step Walk::enter_link(const Found& found) {
  if (++links_ > kMostLinks) return done(refused(ELOOP));
  if (found.jump_target) {
    if (!rest_.empty()) return done(refused(ENOTDIR));
    return done({AT_FDCWD, "/proc/self/fd/" + std::to_string(*found.jump_target)});
  }
  if (found.target.empty()) return done(refused(ENOENT));
  rest_ = found.target + rest_;
  if (rest_.front() == '/') at_ = "/";
  return Step::kOn;
}

Walk::Step Walk::enter(const std::string& component) {
  if (component == ".") return Step::kOn;
  if (component == "..") {
    at_ = parent_of(at_);
    return Step::kOn;
  }
  if (component.size() > kNameMost) return done(refused(ENAMETOOLONG));
  std::string path = (at_ == "/" ? "" : at_) + "/" + component;
  const Found found = look(path);
  if (found.error != 0) return done(refused(found.error));
  const bool last = ends_here();
  switch (found.kind) {
    case Found::Kind::kMissing:
      return done(last ? missing(path) : refused(ENOENT));
    case Found::Kind::kLink:
      if (!last || !rest_.empty() || last_ == LastLink::kFollow) return enter_link(found);
      break;
    case Found::Kind::kDirectory:
      if (!last) {
        at_ = std::move(path);
        return Step::kOn;
      }
      break;
    case Found::Kind::kOther:
      if (!last || (found.made_up && !rest_.empty())) return done(refused(ENOTDIR));
      break;
  }
  if (found.made_up) return done({AT_FDCWD, "/proc", EPERM, path});
  return done({AT_FDCWD, found.host + rest_});
}

HostPath Walk::follow(std::string at, std::string name) {
  at_ = std::move(at);
  rest_ = std::move(name);
  while (true) {
    rest_.erase(0, std::min(rest_.find_first_not_of('/'), rest_.size()));
    if (rest_.empty()) return directory_itself();
    const std::string component = rest_.substr(0, rest_.find('/'));
    rest_.erase(0, component.size());
    if (enter(component) == Step::kDone) return std::move(result_);
  }
}

// Devices that only the kernel's own file systems have.
bool is_kernel_file_system(dev_t device) {
  const auto device_of = [](const char* path) {
    struct stat status {};
    return ::stat(path, &status) == 0 ? status.st_dev : dev_t{0};
  };
  static const dev_t proc = device_of("/proc");
  static const dev_t sys = device_of("/sys");
  return device == proc || device == sys;
}

// One plain name in a directory: most relative names, also where the directory has no name itself, because it
// was deleted or lies too deep. Nothing: it needs a walk.
bool stays_in(const Process& process, int host_directory, const std::string& name, LastLink last) {
  if (name.find('/') != std::string::npos || name == "." || name == "..") return false;
  struct stat status {};
  if (::fstatat(host_directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return errno != ENOENT || process.paths.sysroot().empty();
  }
  if (S_ISLNK(status.st_mode)) return last == LastLink::kKeep;
  return (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) && !is_kernel_file_system(status.st_dev);
}

HostPath resolve_from(const Process& process, int host_directory, const std::string& name, LastLink last) {
  if (stays_in(process, host_directory, name, last)) return {host_directory, name};
  std::string from(PATH_MAX, '\0');
  if (host_directory == AT_FDCWD) {
    if (::getcwd(from.data(), from.size()) == nullptr) return refused(errno);
    from.resize(from.find('\0'));
  } else {
    struct stat status {};
    if (::fstat(host_directory, &status) != 0) return refused(errno);
    if (!S_ISDIR(status.st_mode)) return refused(ENOTDIR);
    from = name_of_descriptor(host_directory);
    // Of a deleted directory only itself is left.
    if (status.st_nlink == 0) return name == "." ? HostPath{host_directory, name} : refused(ENOENT);
    if (from.empty()) return refused(errno);
  }
  Walk walk(process, last, process.paths.in_sysroot(from));
  if (!process.credentials.hosts_files() && from != "/") walk.begin_at(from, host_directory);
  return walk.follow(process.paths.guest_name(from), name);
}

}  // namespace

HostPath resolve(const Process& process, int directory, const std::string& name, LastLink last) {
  if (!name.empty() && name.front() == '/') return Walk(process, last, false).follow("/", name);
  int host = process.paths.directory();
  std::string made_up = process.paths.made_up_directory();
  if (directory != AT_FDCWD) {
    const auto file = process.fds->file(directory);
    if (file == nullptr) return refused(EBADF);
    host = file->host;
    made_up = file->made_up;
  }
  if (name.empty()) return {host, name, made_up.empty() ? 0 : EPERM, made_up};
  if (made_up.empty()) return resolve_from(process, host, name, last);
  const auto file = find_made_up(process, made_up);
  if (!file) return refused(ENOENT);
  if (file->kind != MadeUpFile::Kind::kDirectory) return refused(ENOTDIR);
  return Walk(process, last, false).follow(made_up, name);
}

}  // namespace m2sim::emu
