// What the guest has open, as a checkpoint has it: files by name and place, pipes between guests with what is
// in them. All else is refused by name.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "emu/linux/checkpoint/archive.h"
#include "emu/linux/checkpoint/kept_files.h"
#include "emu/linux/fd_table.h"

namespace m2sim::emu {

class Kernel;

class OpenFiles {
 public:
  enum class Source : std::uint8_t { kStream, kNamed, kPipe, kMadeUp };

  // All that the processes have open. Throws UserError for what cannot be kept.
  OpenFiles(const Kernel& kernel, KeptFiles& kept);
  // What section 'files' has, opened. Throws UserError.
  OpenFiles(Archive& archive, const Kernel& kernel);
  ~OpenFiles();
  OpenFiles(const OpenFiles&) = delete;
  OpenFiles& operator=(const OpenFiles&) = delete;

  void save(Archive& archive);
  // A reference to one of them.
  void visit(Archive& archive, std::shared_ptr<OpenFile>& file) const;
  // A host descriptor of one of them; false: it is of none.
  bool visit_host(Archive& archive, int& host) const;
  // The host's number of a pipe has changed.
  void renumber(std::vector<std::uint64_t>& inodes) const;

 private:
  struct Image {
    Source source = Source::kNamed;
    std::string name;
    std::uint32_t flags = 0;
    std::uint64_t offset = 0;
    std::uint64_t inode = 0;   // kPipe
    std::uint32_t stream = 0;  // kStream
    std::string text;          // kMadeUp
    bool directory = false;
    OpenFile::Kind kind = OpenFile::Kind::kPlain;
    bool nonblocking = false;
    bool random = false;
    AsyncState async;
    void fields(Archive& archive);
  };
  struct Pipe {
    std::uint64_t inode = 0;
    std::uint32_t room = 0;
    std::string bytes;
    // Of the new one.
    int ends[2] = {-1, -1};
    std::uint64_t new_inode = 0;
    void fields(Archive& archive) { archive(inode, room, bytes); }
  };

  void add(const std::shared_ptr<OpenFile>& file, const std::string& name, const Kernel& kernel,
           KeptFiles& kept);
  Image image_of(const OpenFile& file, const std::string& name, const Kernel& kernel, KeptFiles& kept);
  void keep_pipe(int host, std::uint64_t inode, const std::string& name);
  static void make(Pipe& pipe);
  std::shared_ptr<OpenFile> open(const Image& image, const Kernel& kernel) const;
  int open_host(const Image& image) const;

  std::vector<std::shared_ptr<OpenFile>> files_;
  std::vector<Image> images_;
  std::vector<Pipe> pipes_;
};

}  // namespace m2sim::emu
