// A file that is written while a program runs, compressed where its name ends in .zst.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace m2sim::cmd {

// Until it is whole the file has ".partial" behind its name, so that a part is never taken for all of it. One
// that cannot be finished stays there under that name, whatever fitted, unless that is nothing. What exists
// and is no regular file (/dev/stdout, a pipe) is written to directly. All throw UserError, which names what
// is left.
class StreamFile {
 public:
  explicit StreamFile(const std::string& path);
  ~StreamFile();
  StreamFile(const StreamFile&) = delete;
  StreamFile& operator=(const StreamFile&) = delete;

  void write(std::string_view text);
  void finish();

 private:
  struct Compressor;

  void compress(std::string_view text, bool end);
  void put(std::string_view bytes);
  [[noreturn]] void fail(int error) const;

  std::string path_;
  std::string written_path_;
  int fd_ = -1;
  std::unique_ptr<Compressor> compressor_;  // null: plain text
  std::string buffer_;
  bool has_bytes_ = false;  // something is in the file
};

}  // namespace m2sim::cmd
