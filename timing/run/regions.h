// Parts of a run that are measured by themselves, each whenever the guest comes to it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emu/emulator.h"
#include "timing/stats.h"

namespace m2sim::timing {

// Numbers of m2sim's own markers (include/m2sim/markers.h): `hint #(kBeginHint + n)` and `hint #(kEndHint +
// n)`. The architecture gives these numbers no meaning, so that hardware takes them for nops.
inline constexpr unsigned kMarkedRegions = 16;
inline constexpr unsigned kBeginHint = 96;
inline constexpr unsigned kEndHint = kBeginHint + kMarkedRegions;

struct Region {
  // kCalls: of a function, with all that it calls; until it has returned a call of itself is part of it.
  // kSpan: from one address to another. kMarked: between two markers with a number. kSniper: the same as
  // programs mark it for the Sniper simulator, `bfm x0, x0, #0, #0` with a command in x1.
  enum class Kind : std::uint8_t { kCalls, kSpan, kMarked, kSniper };
  std::string name;
  Kind kind = Kind::kCalls;
  std::uint64_t begin = 0;  // kCalls, kSpan: the first instruction's address; kMarked: the number
  std::uint64_t end = 0;    // kSpan: of the first instruction that does not belong to it
  // kCalls: what is called first there, once or more, is the resolver of an indirect function
  // (STT_GNU_IFUNC), and the function is what it returns.
  bool indirect = false;
};

inline constexpr std::uint64_t kAnyFamily = UINT64_MAX;

// Where a function begins in the processes that were forked from one another.
struct FunctionPlace {
  std::uint64_t address;
  bool indirect;                      // Region::indirect
  std::uint64_t family = kAnyFamily;  // AddressSpace::family
  bool operator==(const FunctionPlace&) const = default;
};

// For regions whose functions are in files that the guest is yet to map: shared libraries.
class RegionFinder {
 public:
  struct Found {
    std::size_t region;  // of the plan
    FunctionPlace place;
  };
  virtual ~RegionFinder() = default;
  // A guest has mapped code of files since the last question.
  virtual std::vector<Found> look() = 0;
};

struct RegionPlan {
  std::vector<Region> regions;  // none: all of the run
  // So many instructions behind each time that the guest comes from outside: the model learns from them, and
  // they do not count.
  std::uint64_t warmup = 0;
  std::uint64_t times = UINT64_MAX;  // each is measured so often at most; when all were, the run ends
  RegionFinder* finder = nullptr;    // of regions of calls that begin at 0; null: there are none
};

struct RegionFigures {
  std::uint64_t times = 0;         // that the guest came to it
  std::uint64_t instructions = 0;  // that count
  bool open = false;               // the run ended inside
  // Empty in emulation mode. Of regions that lie in each other, what is in the pipe where the inner one ends
  // is counted by its next time, or not at all; where none goes on, the pipe drains first.
  std::optional<TimingStats> timing{};
};

// Where the guest is among the regions. Any process counts, as long as it has the same addresses; what a
// finder has found counts where it was found.
class RegionWalk {
 public:
  // `most`: instructions that count, until the run ends.
  RegionWalk(const RegionPlan& plan, std::uint64_t most);

  // How far the next run goes, and whether it is inside some region, and whether what it executes counts.
  const emu::Until& until();
  bool inside() const { return insides_ != 0; }
  bool counts() const { return inside() && warmup_left_ == 0; }
  bool is_inside(std::size_t region) const { return places_[region].inside; }

  // The regions that the guest is in, "a, b"; empty: none.
  std::string names() const;

  // That run has ended so, after so many instructions. False: there is nothing left to measure.
  bool ran(const emu::RunEnd& end, std::uint64_t insts, const emu::CpuState& cpu);

  std::size_t size() const { return places_.size(); }
  const RegionFigures& figures(std::size_t region) const { return places_[region].figures; }

 private:
  // One that is under way: whose, from where, and how deep.
  struct Call {
    explicit Call(const emu::CpuState& cpu);
    Call() = default;
    bool returns(const emu::CpuState& cpu) const;

    const emu::CpuState* thread = nullptr;  // null: there is none
    std::uint64_t return_address = 0;
    std::uint64_t stack_pointer = 0;
  };
  struct Place {
    bool inside = false;
    Call call{};
    std::vector<FunctionPlace> begins{};  // kCalls
    Call resolving{};                     // of the resolver
    RegionFigures figures;
  };

  bool done(const Place& place) const { return !place.inside && place.figures.times >= plan_.times; }
  void watch(const Region& region, const Place& place);
  void look(const Region& region, Place& place, const emu::RunEnd& end, const emu::CpuState& cpu);
  void find();
  static void add(Place& place, const FunctionPlace& begin);
  static void resolve(Place& place, const emu::RunEnd& end, const emu::CpuState& cpu);
  void count(std::uint64_t insts);
  static bool is_called(const Place& place, bool indirect, const emu::RunEnd& end, const emu::CpuState& cpu);
  static bool begins_at(const Region& region, const Place& place, const emu::RunEnd& end,
                        const emu::CpuState& cpu);
  static bool ends_at(const Region& region, const Place& place, const emu::RunEnd& end,
                      const emu::CpuState& cpu);

  const RegionPlan& plan_;
  std::vector<Place> places_;
  emu::Until until_;
  unsigned insides_ = 0;
  std::uint64_t warmup_left_ = 0;
  std::uint64_t left_;
};

}  // namespace m2sim::timing
