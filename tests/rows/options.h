// What the tools of this folder are told, and what they keep of it.
#pragma once

#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "tests/rows/program.h"
#include "tests/rows/sample.h"

namespace m2sim::rows {

// Everything from number `mine` on in steps of `parts`.
struct Part {
  unsigned mine;
  unsigned parts;
};

// Pairs of name and value. Throws when a name is none of them.
class Options {
 public:
  Options(int argc, char** argv);

  const std::string& text(const char* name) const { return values_.at(name); }
  unsigned number(const char* name) const { return static_cast<unsigned>(std::stoul(text(name))); }
  Part part() const;
  Executor reference() const;
  std::vector<Executor> modes() const;

 private:
  std::map<std::string, std::string> values_ = {{"--seed", "1"}, {"--samples", "8"},      {"--part", "0/1"},
                                                {"--row", ""},   {"--words", ""},         {"--runner", ""},
                                                {"--m2sim", ""}, {"--modes", "emulation"}};
};

// The words of cases, in a file of one a line; no file when the name is empty.
class Words {
 public:
  explicit Words(const std::string& name);
  ~Words();
  Words(const Words&) = delete;
  Words& operator=(const Words&) = delete;
  void add(const Case& test);

 private:
  std::FILE* file_ = nullptr;
};

}  // namespace m2sim::rows
