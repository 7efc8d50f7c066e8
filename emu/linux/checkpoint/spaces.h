// Address spaces, as a checkpoint has them, and the programs in them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "emu/linux/checkpoint/kept_files.h"
#include "emu/linux/checkpoint/sections.h"
#include "emu/memory/memory.h"

namespace m2sim::emu {

class Kernel;
struct AddressSpace;
struct LoadedProgram;

class Spaces {
 public:
  using Program = std::shared_ptr<const LoadedProgram>;

  // Those of all processes. `first` is the program of the command line. Throws UserError for what cannot be
  // kept.
  Spaces(const Kernel& kernel, const Program& first, KeptFiles& kept);
  // Those of a file.
  explicit Spaces(SectionReader& sections);
  ~Spaces();
  Spaces(const Spaces&) = delete;
  Spaces& operator=(const Spaces&) = delete;

  void save(SectionWriter& sections);
  void visit(Archive& archive, std::shared_ptr<AddressSpace>& space) const;
  const Program& first_program() const { return programs_.front(); }

 private:
  // Where the bytes of a file's region come from.
  struct Source {
    std::string path;
    std::uint32_t flags = 0;
    void fields(Archive& archive) { archive(path, flags); }
  };

  void add(const std::shared_ptr<AddressSpace>& space, KeptFiles& kept);
  void add(const Program& program, KeptFiles& kept);
  void visit(Archive& archive, Program& program) const;
  void save_space(SectionWriter& sections, AddressSpace& space);
  void save_pages(SectionWriter& sections, const Memory& memory);
  void restore_space(SectionReader& sections);
  static void restore_pages(SectionReader& sections, Memory& memory);
  int shared_memory(const Region& region);

  std::vector<Program> programs_;
  std::vector<std::shared_ptr<AddressSpace>> spaces_;
  SharedPages shared_;
  std::map<std::uint64_t, int> shared_files_;  // by object: what holds it now
};

}  // namespace m2sim::emu
