#include "cmd/profile/samples.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <unordered_map>

namespace m2sim::cmd {
namespace {

constexpr std::array<std::string_view, 6> kPredictors{"BranchPredictor",   "Tage",        "Btb",
                                                      "IndirectPredictor", "ReturnStack", "PathHistory"};
constexpr std::array<std::string_view, 11> kMemory{"MemoryHierarchy", "OuterLevels", "Cache",       "Tlb",
                                                   "DataTlb",         "Prefetcher",  "StoreGather", "Dram",
                                                   "DramBanks",       "MshrFile",    "Bandwidth"};

// The innermost class of ours that the function is a member of.
std::string_view class_of(std::string_view symbol) {
  constexpr std::string_view kScope = "m2sim::timing::";
  const std::string_view head = symbol.substr(0, symbol.find('('));
  const std::size_t scope = head.find(kScope);
  if (scope == std::string_view::npos) return "";
  const std::string_view rest = head.substr(scope + kScope.size());
  const std::size_t end = rest.find("::");
  return end == std::string_view::npos ? "" : rest.substr(0, end);
}

template <std::size_t n>
bool contains(const std::array<std::string_view, n>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Stage model_stage(std::string_view symbol) {
  const std::string_view owner = class_of(symbol);
  if (contains(kPredictors, owner)) return Stage::kPredict;
  return contains(kMemory, owner) ? Stage::kCache : Stage::kCore;
}

Function function_of(const Place& place) {
  if (place.symbol.empty()) {
    const std::string file = std::filesystem::path(place.file).filename().string();
    return {file.empty() ? "?" : file, place.file, place.address, 0};
  }
  return {short_name(place.symbol), place.symbol, place.address, 0};
}

void FunctionCounts::add(const Function& function, std::uint64_t samples) {
  for (Function& known : functions_) {
    if (known.address != function.address || known.symbol != function.symbol) continue;
    known.samples += samples;
    return;
  }
  functions_.push_back(function);
  functions_.back().samples = samples;
}

std::vector<Function> FunctionCounts::sorted() const {
  std::vector<Function> functions = functions_;
  std::sort(functions.begin(), functions.end(), [](const Function& a, const Function& b) {
    return a.samples != b.samples ? a.samples > b.samples : a.symbol < b.symbol;
  });
  return functions;
}

SampleCounts count_samples(const SampleBuffer& buffer, Mode mode, const AddressSpace& space) {
  SampleCounts counts;
  FunctionCounts functions;
  std::unordered_map<std::uint64_t, Function> by_pc;
  const std::size_t kept = std::min<std::size_t>(buffer.count, SampleBuffer::kMost);
  for (std::size_t i = 0; i < kept; ++i) {
    const Sample& sample = buffer.samples[i];
    if (sample.mode != mode) continue;
    auto known = by_pc.find(sample.pc);
    if (known == by_pc.end()) known = by_pc.emplace(sample.pc, function_of(space.place_of(sample.pc))).first;
    ++counts.total;
    functions.add(known->second, 1);
    if (sample.phase == Phase::kModel)
      ++counts.model[static_cast<std::size_t>(model_stage(known->second.symbol))];
  }
  counts.functions = functions.sorted();
  return counts;
}

}  // namespace m2sim::cmd
