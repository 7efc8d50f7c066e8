#include "emu/linux/checkpoint/kept_files.h"

#include <fcntl.h>
#include <nettle/sha2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace m2sim::emu {

namespace {

// Empty: it could not be read so far.
std::string digest_of_file(int fd, std::uint64_t size) {
  sha256_ctx context;
  sha256_init(&context);
  std::vector<std::uint8_t> part(std::size_t{1} << 20U);
  for (std::uint64_t at = 0; at < size;) {
    const ssize_t here =
        ::pread(fd, part.data(), std::min<std::uint64_t>(part.size(), size - at), static_cast<off_t>(at));
    if (here <= 0) return {};
    sha256_update(&context, static_cast<std::size_t>(here), part.data());
    at += static_cast<std::uint64_t>(here);
  }
  std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest{};
  sha256_digest(&context, digest.size(), digest.data());
  return {digest.begin(), digest.end()};
}

}  // namespace

HostFile::HostFile(const std::string& path, int flags)
    : fd_(::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY)) {}

HostFile::~HostFile() {
  if (fd_ >= 0) ::close(fd_);
}

std::string why() { return std::generic_category().message(errno); }

void KeptFiles::add(const std::string& path, int fd, bool written) {
  const auto same = [&path](const KeptFile& file) { return file.path == path; };
  const auto known = std::find_if(files_.begin(), files_.end(), same);
  if (known != files_.end()) {
    known->written |= written;
    return;
  }
  struct stat open {};
  struct stat named {};
  if (::fstat(fd, &open) != 0 || ::stat(path.c_str(), &named) != 0 || open.st_ino != named.st_ino ||
      open.st_dev != named.st_dev) {
    refuse_checkpoint("the program uses " + path +
                      ", which is not there any more under this name: its contents cannot be kept");
  }
  const HostFile file(path, O_RDONLY);
  const auto size = static_cast<std::uint64_t>(open.st_size);
  const std::string digest = file.fd() < 0 ? "" : digest_of_file(file.fd(), size);
  if (digest.empty()) refuse_checkpoint("cannot read " + path + ", which the program uses: " + why());
  files_.push_back({path, digest, size, written});
}

void KeptFiles::check() const {
  for (const KeptFile& kept : files_) {
    struct stat status {};
    // Opening a FIFO would wait for its other end.
    if (::stat(kept.path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
      refuse_checkpoint(kept.path +
                        " is no regular file any more; put back what it was, or make the "
                        "checkpoint anew");
    const HostFile file(kept.path, kept.written ? O_RDWR : O_RDONLY);
    if (file.fd() < 0 || ::fstat(file.fd(), &status) != 0)
      refuse_checkpoint("it needs " + kept.path + ", which cannot be opened: " + why());
    const auto size = static_cast<std::uint64_t>(status.st_size);
    const bool fits = kept.written ? size >= kept.size : size == kept.size;
    if (!fits || digest_of_file(file.fd(), kept.size) != kept.digest) {
      refuse_checkpoint(kept.path +
                        " is not what it was when the checkpoint was made; put that file back, or "
                        "make the checkpoint anew");
    }
  }
}

void KeptFiles::take_back() const {
  for (const KeptFile& kept : files_) {
    if (kept.written && ::truncate(kept.path.c_str(), static_cast<off_t>(kept.size)) != 0)
      refuse_checkpoint("cannot take " + kept.path + " back to the size that it had: " + why());
  }
}

}  // namespace m2sim::emu
