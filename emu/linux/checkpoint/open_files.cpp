#include "emu/linux/checkpoint/open_files.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <set>
#include <string_view>

#include "emu/linux/checkpoint/fields.h"
#include "emu/linux/guest_paths.h"

namespace m2sim::emu {

template <>
struct LastOf<OpenFiles::Source> : Last<OpenFiles::Source::kMadeUp> {};

namespace {

constexpr std::array<std::string_view, 5> kDevices = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random",
                                                      "/dev/urandom"};

[[noreturn]] void cannot_keep(const std::string& name, const std::string& what) {
  refuse_checkpoint(name + " is " + what + ", which cannot be kept; make the checkpoint where it is closed");
}

std::string own_path(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

bool is_locked(int host) {
  std::ifstream info("/proc/thread-self/fdinfo/" + std::to_string(host));
  const std::string text{std::istreambuf_iterator<char>(info), {}};
  return text.find("\nlock:") != std::string::npos;
}

std::string special_name(const SpecialFile& special) {
  constexpr std::array<const char*, 7> kNames = {
      "", "an epoll instance", "a timerfd", "a signalfd", "a pidfd", "a message queue", "a process's memory"};
  return kNames[special.index()];
}

// Of what has no name that would find it again.
std::string kind_name(const struct stat& status, const std::string& host_name) {
  if (S_ISSOCK(status.st_mode)) return "a socket";
  if (S_ISFIFO(status.st_mode)) return "a pipe or FIFO to somebody outside";
  if (S_ISCHR(status.st_mode)) return "the device " + host_name;
  if (host_name.find("eventfd") != std::string::npos) return "an eventfd";
  if (host_name.ends_with(" (deleted)")) return "a file without a name";
  return host_name.empty() ? "something without a name" : host_name;
}

std::string whole_text(int fd) {
  std::string text;
  std::array<char, 4096> part{};
  while (true) {
    const ssize_t here = ::pread(fd, part.data(), part.size(), static_cast<off_t>(text.size()));
    if (here <= 0) return text;
    text.append(part.data(), static_cast<std::size_t>(here));
  }
}

// Not where a guest's standard streams would be.
int above_streams(int fd) {
  if (fd < 0 || fd > 2) return fd;
  const int moved = ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
  ::close(fd);
  return moved;
}

}  // namespace

void OpenFiles::Image::fields(Archive& archive) {
  archive(source, name, flags, offset, inode, stream, text, directory, kind, nonblocking, random, async);
}

OpenFiles::OpenFiles(const Kernel& kernel, KeptFiles& kept) {
  const bool many = kernel.processes().size() > 1;
  for (const auto& process : kernel.processes()) {
    for (int guest = 0; guest < process->fds->size(); ++guest) {
      const std::string of = many ? " of process " + std::to_string(process->pid) : "";
      add(process->fds->file(guest), "descriptor " + std::to_string(guest) + of, kernel, kept);
    }
  }
}

void OpenFiles::add(const std::shared_ptr<OpenFile>& file, const std::string& name, const Kernel& kernel,
                    KeptFiles& kept) {
  if (file == nullptr || std::find(files_.begin(), files_.end(), file) != files_.end()) return;
  images_.push_back(image_of(*file, name, kernel, kept));
  files_.push_back(file);
}

OpenFiles::Image OpenFiles::image_of(const OpenFile& file, const std::string& name, const Kernel& kernel,
                                     KeptFiles& kept) {
  Image image;
  image.kind = file.kind;
  image.nonblocking = file.nonblocking;
  image.random = file.random;
  image.async = file.async;
  const auto& streams = kernel.options.streams;
  if (!file.owned) {
    image.source = Source::kStream;
    image.stream =
        static_cast<std::uint32_t>(std::find(streams.begin(), streams.end(), file.host) - streams.begin());
    return image;
  }
  if (file.is_special()) cannot_keep(name, special_name(file.special));
  if (file.pty != nullptr) cannot_keep(name, "a pseudo-terminal");
  if (file.async.on) cannot_keep(name, "a file that sends signals (O_ASYNC)");
  if (is_locked(file.host)) cannot_keep(name, "a file with a lock");
  struct stat status {};
  if (::fstat(file.host, &status) != 0) cannot_keep(name, "a file that says nothing of itself");
  image.flags = static_cast<std::uint32_t>(::fcntl(file.host, F_GETFL));
  image.directory = S_ISDIR(status.st_mode);
  const off_t offset = ::lseek(file.host, 0, SEEK_CUR);
  image.offset = offset < 0 ? 0 : static_cast<std::uint64_t>(offset);
  image.name = file.made_up;
  if (!file.made_up.empty()) {
    image.source = Source::kMadeUp;
    if (!image.directory) image.text = whole_text(file.host);
    return image;
  }
  image.name = name_of_descriptor(file.host);
  const bool by_name =
      !image.name.empty() && image.name.front() == '/' && !image.name.ends_with(" (deleted)");
  if (S_ISFIFO(status.st_mode) && file.kind == OpenFile::Kind::kInner && !by_name) {
    image.source = Source::kPipe;
    image.inode = status.st_ino;
    if ((image.flags & O_DIRECT) != 0) cannot_keep(name, "a pipe of packets (O_DIRECT)");
    keep_pipe(file.host, status.st_ino, name);
    return image;
  }
  const bool device =
      S_ISCHR(status.st_mode) && std::find(kDevices.begin(), kDevices.end(), image.name) != kDevices.end();
  const bool regular = S_ISREG(status.st_mode);
  if (!by_name || !(regular || image.directory || device)) cannot_keep(name, kind_name(status, image.name));
  if (regular && (image.flags & O_PATH) == 0)
    kept.add(image.name, file.host, (image.flags & O_ACCMODE) != O_RDONLY);
  return image;
}

// What is in it, and stays there.
void OpenFiles::keep_pipe(int host, std::uint64_t inode, const std::string& name) {
  if (std::any_of(pipes_.begin(), pipes_.end(), [inode](const Pipe& pipe) { return pipe.inode == inode; }))
    return;
  Pipe pipe;
  pipe.inode = inode;
  pipe.room = static_cast<std::uint32_t>(std::max(::fcntl(host, F_GETPIPE_SZ), 0));
  int held = 0;
  ::ioctl(host, FIONREAD, &held);
  if (held > 0) {
    std::array<int, 2> copy{-1, -1};
    const int reader = ::open(own_path(host).c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    const bool made = ::pipe2(copy.data(), O_CLOEXEC | O_NONBLOCK) == 0;
    if (made) ::fcntl(copy[1], F_SETPIPE_SZ, static_cast<int>(pipe.room));
    const ssize_t copied =
        made ? ::tee(reader, copy[1], static_cast<std::size_t>(held), SPLICE_F_NONBLOCK) : -1;
    pipe.bytes.resize(static_cast<std::size_t>(held));
    const ssize_t taken = copied == held ? ::read(copy[0], pipe.bytes.data(), pipe.bytes.size()) : -1;
    for (const int fd : {reader, copy[0], copy[1]}) {
      if (fd >= 0) ::close(fd);
    }
    if (taken != held) cannot_keep(name, "a pipe whose contents cannot be read");
  }
  pipes_.push_back(std::move(pipe));
}

void OpenFiles::save(Archive& archive) {
  archive(pipes_, images_);
  archive.end();
}

OpenFiles::OpenFiles(Archive& archive, const Kernel& kernel) {
  archive(pipes_, images_);
  archive.end();
  for (Pipe& pipe : pipes_) make(pipe);
  for (const Image& image : images_) files_.push_back(open(image, kernel));
}

OpenFiles::~OpenFiles() {
  for (const Pipe& pipe : pipes_) {
    for (const int fd : pipe.ends) {
      if (fd >= 0) ::close(fd);
    }
  }
}

void OpenFiles::make(Pipe& pipe) {
  struct stat status {};
  if (::pipe2(pipe.ends, O_CLOEXEC | O_NONBLOCK) != 0 || ::fstat(pipe.ends[0], &status) != 0)
    refuse_checkpoint("cannot make a pipe: " + why());
  pipe.new_inode = status.st_ino;
  if (pipe.room != 0) ::fcntl(pipe.ends[1], F_SETPIPE_SZ, static_cast<int>(pipe.room));
  const auto size = static_cast<ssize_t>(pipe.bytes.size());
  if (size != 0 && ::write(pipe.ends[1], pipe.bytes.data(), pipe.bytes.size()) != size)
    refuse_checkpoint("cannot fill a pipe again: " + why());
}

int OpenFiles::open_host(const Image& image) const {
  constexpr std::uint32_t kOnce = O_CREAT | O_EXCL | O_TRUNC;
  const int flags = static_cast<int>(image.flags & ~kOnce) | O_CLOEXEC | O_NOCTTY;
  if (image.source == Source::kPipe) {
    const auto same = [&image](const Pipe& pipe) { return pipe.inode == image.inode; };
    const auto pipe = std::find_if(pipes_.begin(), pipes_.end(), same);
    if (pipe == pipes_.end()) return -1;
    const bool writes = (image.flags & O_ACCMODE) == O_WRONLY;
    return ::open(own_path(pipe->ends[writes ? 1 : 0]).c_str(), flags);
  }
  if (image.source == Source::kNamed) return ::open(image.name.c_str(), flags);
  if (image.directory) return ::open("/proc", flags);
  const int whole = ::memfd_create("text", MFD_CLOEXEC);
  const bool filled = whole >= 0 && ::write(whole, image.text.data(), image.text.size()) ==
                                        static_cast<ssize_t>(image.text.size());
  const int fd = filled ? ::open(own_path(whole).c_str(), flags) : -1;
  if (whole >= 0) ::close(whole);
  return fd;
}

std::shared_ptr<OpenFile> OpenFiles::open(const Image& image, const Kernel& kernel) const {
  if (image.source == Source::kStream) {
    // As a program that begins finds them.
    std::shared_ptr<OpenFile> stream = FdTable(kernel.options.streams).file(static_cast<int>(image.stream));
    if (stream == nullptr)
      refuse_checkpoint("the program has its stream " + std::to_string(image.stream) +
                        " open, and here it is closed");
    return stream;
  }
  const int fd = above_streams(open_host(image));
  if (fd < 0) refuse_checkpoint("cannot open " + image.name + ", which the program has open: " + why());
  const bool placed = (image.flags & O_PATH) == 0 && image.source != Source::kPipe;
  if (placed) ::lseek(fd, static_cast<off_t>(image.offset), SEEK_SET);
  auto file = std::make_shared<OpenFile>(fd, image.kind, true);
  file->nonblocking = image.nonblocking;
  file->random = image.random;
  if (image.source == Source::kMadeUp) file->made_up = image.name;
  file->async = image.async;
  return file;
}

void OpenFiles::visit(Archive& archive, std::shared_ptr<OpenFile>& file) const {
  std::uint32_t index = 0;  // 0: none
  if (!archive.reads() && file != nullptr)
    index = static_cast<std::uint32_t>(std::find(files_.begin(), files_.end(), file) - files_.begin()) + 1;
  archive(index);
  if (!archive.reads()) return;
  if (index > files_.size()) archive.damaged();
  file = index == 0 ? nullptr : files_[index - 1];
}

bool OpenFiles::visit_host(Archive& archive, int& host) const {
  const auto is_it = [host](const auto& file) { return file->host == host; };
  std::shared_ptr<OpenFile> file;
  if (!archive.reads() && host >= 0) {
    const auto found = std::find_if(files_.begin(), files_.end(), is_it);
    if (found == files_.end()) return false;
    file = *found;
  }
  visit(archive, file);
  host = file == nullptr ? -1 : file->host;
  return true;
}

void OpenFiles::renumber(std::vector<std::uint64_t>& inodes) const {
  for (std::size_t i = 0; i < inodes.size(); ++i) {
    const auto same = [&](const Pipe& pipe) { return pipe.inode == inodes[i]; };
    const auto found = std::find_if(pipes_.begin(), pipes_.end(), same);
    // What is gone keeps its place, under a number that no file has.
    inodes[i] = found == pipes_.end() ? UINT64_MAX - i : found->new_inode;
  }
}

}  // namespace m2sim::emu
