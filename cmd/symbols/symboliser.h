// Which file a program counter of a run belongs to, and where in it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cmd/symbols/code_object.h"
#include "emu/linux/code_map.h"

namespace m2sim::cmd {

struct CodePlace {
  CodeObject* object = nullptr;  // null: no file's
  std::string name;              // of the object; "[vdso]", or "[anon]" for code that the guest has made
  std::uint64_t address = 0;     // in the object as linked; elsewhere the program counter itself
};

class Symboliser {
 public:
  // Of several maps of one address space the last one counts.
  Symboliser(const std::vector<emu::ExecutableMap>& maps, std::string sysroot);

  CodePlace place(std::uint64_t space, std::uint64_t pc);
  // What the objects have to say, each once.
  std::vector<std::string> warnings() const;

 private:
  CodeObject& object(const std::string& path);

  std::string sysroot_;
  std::map<std::uint64_t, emu::ExecutableMap> maps_;  // by address space
  std::map<std::string, std::unique_ptr<CodeObject>> objects_;
};

}  // namespace m2sim::cmd
