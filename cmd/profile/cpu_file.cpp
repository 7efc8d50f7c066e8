#include "cmd/profile/cpu_file.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "cmd/console/failure.h"
#include "cmd/profile/samples.h"
#include "cmd/profile/symbols.h"

namespace m2sim::cmd {
namespace {

constexpr std::uint64_t kWord = sizeof(std::uint64_t);
constexpr std::uint64_t kMostDepth = 1 << 16;

class Words {
 public:
  Words(std::string_view bytes, const std::string& path) : bytes_(bytes), path_(path) {}

  std::uint64_t next() {
    if (bytes_.size() - at_ < kWord) throw failure("'{}' is no CPU profile: it ends too soon", path_);
    std::uint64_t word = 0;
    std::memcpy(&word, bytes_.data() + at_, kWord);
    at_ += kWord;
    return word;
  }
  void expect(std::uint64_t wanted) {
    if (next() != wanted) throw failure("'{}' is no CPU profile of this machine", path_);
  }
  std::string_view rest() const { return bytes_.substr(at_); }

 private:
  std::string_view bytes_;
  const std::string& path_;
  std::size_t at_ = 0;
};

void append(std::string& bytes, std::initializer_list<std::uint64_t> words) {
  for (const std::uint64_t word : words) bytes.append(reinterpret_cast<const char*>(&word), kWord);
}

}  // namespace

CpuProfile parse_cpu_profile(std::string_view bytes, const std::string& path) {
  Words words(bytes, path);
  CpuProfile profile;
  words.expect(0);
  const std::uint64_t header = words.next();
  if (header < 3) throw failure("'{}' is no CPU profile: its header has {} words", path, header);
  words.expect(0);
  profile.period_us = words.next();
  for (std::uint64_t i = 2; i < header; ++i) words.next();
  while (true) {
    CpuProfileRecord record{words.next(), {}};
    const std::uint64_t depth = words.next();
    if (depth > kMostDepth) throw failure("'{}' is no CPU profile: a stack of {} addresses", path, depth);
    for (std::uint64_t i = 0; i < depth; ++i) record.stack.push_back(words.next());
    const bool last = record.count == 0 && depth == 1 && record.stack[0] == 0;
    if (last) break;
    profile.records.push_back(std::move(record));
  }
  profile.maps = words.rest();
  return profile;
}

std::string cpu_profile_bytes(const CpuProfile& profile) {
  std::string bytes;
  append(bytes, {0, 3, 0, profile.period_us, 0});
  for (const CpuProfileRecord& record : profile.records) {
    append(bytes, {record.count, record.stack.size()});
    for (const std::uint64_t pc : record.stack) append(bytes, {pc});
  }
  append(bytes, {0, 1, 0});
  return bytes + profile.maps;
}

CpuProfile merged(const std::vector<CpuProfile>& profiles) {
  CpuProfile sum;
  std::map<std::vector<std::uint64_t>, std::uint64_t> counts;
  for (const CpuProfile& profile : profiles) {
    sum.period_us = profile.period_us;
    sum.maps = profile.maps;
    for (const CpuProfileRecord& record : profile.records) counts[record.stack] += record.count;
  }
  for (const auto& [stack, count] : counts) sum.records.push_back({count, stack});
  return sum;
}

FunctionProfile functions_of(const CpuProfile& profile, const std::string& path) {
  FunctionProfile result;
  result.file = path;
  result.unit = "samples";
  result.period = static_cast<double>(profile.period_us) * 1e-6;
  const AddressSpace space(profile.maps);
  std::map<std::uint64_t, std::uint64_t> by_pc;
  for (const CpuProfileRecord& record : profile.records) {
    if (record.stack.empty()) continue;
    by_pc[record.stack.front()] += record.count;
    result.total += record.count;
  }
  FunctionCounts functions;
  for (const auto& [pc, count] : by_pc) functions.add(function_of(space.place_of(pc)), count);
  result.functions = functions.sorted();
  return result;
}

}  // namespace m2sim::cmd
