#include "cmd/console/stream_file.h"

#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"

namespace m2sim::cmd {
namespace {

constexpr std::size_t kStreamBytes = std::size_t{1} << 18U;

}  // namespace

struct StreamFile::Compressor {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  std::string out = std::string(ZSTD_CStreamOutSize(), '\0');

  Compressor() = default;
  ~Compressor() { ZSTD_freeCCtx(context); }
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;
};

StreamFile::StreamFile(const std::string& path)
    : path_(path), written_path_(is_special(path) ? path : path + ".partial") {
  fd_ = ::open(written_path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd_ < 0) throw failure("cannot write '{}': {}", path_, std::strerror(errno));
  if (path.ends_with(".zst")) compressor_ = std::make_unique<Compressor>();
}

StreamFile::~StreamFile() {
  if (fd_ < 0) return;
  ::close(fd_);
  if (!has_bytes_ && written_path_ != path_) ::unlink(written_path_.c_str());
}

void StreamFile::fail(int error) const {
  if (written_path_ == path_) throw failure("cannot write '{}': {}", path_, std::strerror(error));
  throw failure("cannot write '{}': {}; what fitted is in '{}'", path_, std::strerror(error), written_path_);
}

void StreamFile::put(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(errno);
    has_bytes_ = true;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void StreamFile::compress(std::string_view text, bool end) {
  ZSTD_inBuffer in{text.data(), text.size(), 0};
  for (;;) {
    ZSTD_outBuffer out{compressor_->out.data(), compressor_->out.size(), 0};
    const std::size_t left =
        ZSTD_compressStream2(compressor_->context, &out, &in, end ? ZSTD_e_end : ZSTD_e_continue);
    if (ZSTD_isError(left) != 0) throw failure("cannot compress '{}': {}", path_, ZSTD_getErrorName(left));
    put(std::string_view(compressor_->out).substr(0, out.pos));
    if (end ? left == 0 : in.pos == in.size) return;
  }
}

void StreamFile::write(std::string_view text) {
  if (compressor_) return compress(text, false);
  buffer_ += text;
  if (buffer_.size() < kStreamBytes) return;
  put(buffer_);
  buffer_.clear();
}

void StreamFile::finish() {
  if (compressor_) compress("", true);
  put(buffer_);
  const int fd = fd_;
  fd_ = -1;
  if (::close(fd) != 0) fail(errno);
  if (written_path_ != path_ && std::rename(written_path_.c_str(), path_.c_str()) != 0) fail(errno);
}

}  // namespace m2sim::cmd
