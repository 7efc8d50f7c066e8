#include "timing/run/regions.h"

#include <algorithm>

#include "emu/cpu/cpu_state.h"
#include "insts/decode.h"

namespace m2sim::timing {
namespace {

constexpr std::uint32_t kHint0 = 0xd503201f;
constexpr std::uint32_t kSniperMagic = 0xb3400000;  // bfm x0, x0, #0, #0
// published: sim_api.h of Sniper, SIM_CMD_ROI_TOGGLE, _START and _END.
constexpr std::uint64_t kSniperToggle = 0;
constexpr std::uint64_t kSniperBegin = 1;
constexpr std::uint64_t kSniperEnd = 2;

insts::Inst hint(std::uint64_t number) {
  return insts::decode(kHint0 + 32 * static_cast<std::uint32_t>(number));
}

}  // namespace

RegionWalk::RegionWalk(const RegionPlan& plan, std::uint64_t most)
    : plan_(plan), places_(plan.regions.size()), left_(most) {}

void RegionWalk::watch(const Region& region, const Place& place) {
  if (done(place)) return;
  switch (region.kind) {
    case Region::Kind::kCalls:
      until_.addresses.push_back(region.begin);
      if (place.inside) until_.addresses.push_back(place.return_address);
      break;
    case Region::Kind::kSpan:
      until_.addresses.push_back(place.inside ? region.end : region.begin);
      break;
    case Region::Kind::kMarked:
      until_.instructions.push_back(hint((place.inside ? kEndHint : kBeginHint) + region.begin));
      break;
    case Region::Kind::kSniper:
      until_.instructions.push_back(insts::decode(kSniperMagic));
      break;
  }
}

const emu::Until& RegionWalk::until() {
  until_.insts = !inside() ? UINT64_MAX : counts() ? left_ : warmup_left_;
  until_.addresses.clear();
  until_.instructions.clear();
  for (std::size_t i = 0; i < places_.size(); ++i) watch(plan_.regions[i], places_[i]);
  return until_;
}

bool RegionWalk::begins_at(const Region& region, const emu::RunEnd& end, const emu::CpuState& cpu) {
  switch (region.kind) {
    case Region::Kind::kCalls:
    case Region::Kind::kSpan:
      return cpu.pc == region.begin;
    case Region::Kind::kMarked:
      return end.reached == hint(kBeginHint + region.begin);
    case Region::Kind::kSniper:
      return end.reached == insts::decode(kSniperMagic) &&
             (cpu.x[1] == kSniperBegin || cpu.x[1] == kSniperToggle);
  }
  return false;
}

// Also when a function was left without a return, by an exception or longjmp: the next call shows it, as it
// begins no deeper.
bool RegionWalk::ends_at(const Region& region, const Place& place, const emu::RunEnd& end,
                         const emu::CpuState& cpu) {
  const std::uint64_t sp = cpu.x[emu::kSpSlot];
  switch (region.kind) {
    case Region::Kind::kCalls:
      if (place.thread != &cpu) return false;
      if (cpu.pc == place.return_address && sp == place.stack_pointer) return true;
      return cpu.pc == region.begin &&
             (sp > place.stack_pointer || (sp == place.stack_pointer && cpu.x[30] != place.return_address));
    case Region::Kind::kSpan:
      return cpu.pc == region.end;
    case Region::Kind::kMarked:
      return end.reached == hint(kEndHint + region.begin);
    case Region::Kind::kSniper:
      return end.reached == insts::decode(kSniperMagic) &&
             (cpu.x[1] == kSniperEnd || cpu.x[1] == kSniperToggle);
  }
  return false;
}

void RegionWalk::look(const Region& region, Place& place, const emu::RunEnd& end, const emu::CpuState& cpu) {
  const bool toggles = region.kind == Region::Kind::kSniper;  // one stop is one command
  if (place.inside) {
    if (!ends_at(region, place, end, cpu)) return;
    place.inside = false;
    if (toggles) return;
  }
  if (done(place) || !begins_at(region, end, cpu)) return;
  place.inside = true;
  place.thread = &cpu;
  place.return_address = cpu.x[30];
  place.stack_pointer = cpu.x[emu::kSpSlot];
  ++place.figures.times;
}

void RegionWalk::count(std::uint64_t insts) {
  if (!inside()) return;
  if (warmup_left_ != 0) {
    warmup_left_ -= insts;
    return;
  }
  left_ -= insts;
  for (Place& place : places_) {
    if (place.inside) place.figures.instructions += insts;
  }
}

std::string RegionWalk::names() const {
  std::string names;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (places_[i].inside) names += (names.empty() ? "" : ", ") + plan_.regions[i].name;
  }
  return names;
}

bool RegionWalk::ran(const emu::RunEnd& end, std::uint64_t insts, const emu::CpuState& cpu) {
  count(insts);
  if (end.kind == emu::RunEnd::Kind::kLimit && left_ != 0) return true;  // of what warms up
  if (end.kind != emu::RunEnd::Kind::kReached) {
    for (Place& place : places_) place.figures.open = place.inside;
    return false;
  }
  const bool was_inside = inside();
  insides_ = 0;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    look(plan_.regions[i], places_[i], end, cpu);
    if (places_[i].inside) ++insides_;
  }
  if (!inside()) warmup_left_ = 0;
  if (inside() && !was_inside) warmup_left_ = plan_.warmup;
  return !std::all_of(places_.begin(), places_.end(), [this](const Place& place) { return done(place); });
}

}  // namespace m2sim::timing
