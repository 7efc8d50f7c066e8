#include "cmd/results/interval_file.h"

#include <fmt/format.h>

#include <iterator>

namespace m2sim::cmd {
namespace {

std::string interval_heads() {
  std::string text = "first_instruction,instructions";
  for (const timing::StatInfo& info : timing::stat_table()) text += fmt::format(",{}", info.name);
  return text + "\n";
}

}  // namespace

IntervalFile::IntervalFile(const std::string& path, std::uint64_t length) : file_(path), length_(length) {
  file_.write(interval_heads());
}

std::uint64_t IntervalFile::length(std::uint64_t counted) const { return length_ - counted % length_; }

void IntervalFile::ended(const timing::TimingStats& so_far) {
  if (failure_) return;
  try {
    add(so_far);
  } catch (const emu::UserError& error) {
    failure_ = error;
  }
}

void IntervalFile::add(const timing::TimingStats& so_far) {
  const timing::TimingStats figures = timing::difference(so_far, before_);
  std::string row = fmt::format("{},{}", before_.core.insts, figures.core.insts);
  for (const timing::StatInfo& info : timing::stat_table()) {
    row += ',';
    std::visit([&](auto number) { fmt::format_to(std::back_inserter(row), "{}", number); },
               info.value(figures));
  }
  file_.write(row + "\n");
  before_ = so_far;
}

void IntervalFile::finish(const timing::TimingStats& all) {
  if (all.core.insts != 0) ended(all);
  if (failure_) throw emu::UserError(*failure_);
  file_.finish();
}

}  // namespace m2sim::cmd
