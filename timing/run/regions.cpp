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

RegionWalk::Call::Call(const emu::CpuState& cpu)
    : thread(&cpu), return_address(cpu.x[30]), stack_pointer(cpu.x[emu::kSpSlot]) {}

bool RegionWalk::Call::returns(const emu::CpuState& cpu) const {
  return thread == &cpu && cpu.pc == return_address && cpu.x[emu::kSpSlot] == stack_pointer;
}

RegionWalk::RegionWalk(const RegionPlan& plan, std::uint64_t most)
    : plan_(plan), places_(plan.regions.size()), left_(most) {
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const Region& region = plan.regions[i];
    if (region.kind == Region::Kind::kCalls) add(places_[i], {region.begin, region.indirect});
  }
  until_.code_mapped = plan.finder != nullptr;
}

void RegionWalk::add(Place& place, const FunctionPlace& begin) {
  const bool known = std::find(place.begins.begin(), place.begins.end(), begin) != place.begins.end();
  if (begin.address != 0 && !known) place.begins.push_back(begin);
}

void RegionWalk::find() {
  for (const RegionFinder::Found& found : plan_.finder->look()) add(places_[found.region], found.place);
}

void RegionWalk::watch(const Region& region, const Place& place) {
  if (done(place)) return;
  switch (region.kind) {
    case Region::Kind::kCalls:
      for (const FunctionPlace& begin : place.begins) until_.addresses.push_back(begin.address);
      if (place.inside) until_.addresses.push_back(place.call.return_address);
      if (place.resolving.thread != nullptr) until_.addresses.push_back(place.resolving.return_address);
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

bool RegionWalk::is_called(const Place& place, bool indirect, const emu::RunEnd& end,
                           const emu::CpuState& cpu) {
  return std::any_of(place.begins.begin(), place.begins.end(), [&](const FunctionPlace& begin) {
    return begin.address == cpu.pc && begin.indirect == indirect &&
           (begin.family == kAnyFamily || begin.family == end.family);
  });
}

// An indirect function begins where its resolver says.
void RegionWalk::resolve(Place& place, const emu::RunEnd& end, const emu::CpuState& cpu) {
  if (place.resolving.returns(cpu)) {
    place.resolving = {};
    add(place, {cpu.x[0], false, end.family});
  }
  if (is_called(place, true, end, cpu)) place.resolving = Call(cpu);
}

bool RegionWalk::begins_at(const Region& region, const Place& place, const emu::RunEnd& end,
                           const emu::CpuState& cpu) {
  switch (region.kind) {
    case Region::Kind::kCalls:
      return is_called(place, false, end, cpu);
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
      if (place.call.thread != &cpu) return false;
      if (place.call.returns(cpu)) return true;
      return is_called(place, false, end, cpu) &&
             (sp > place.call.stack_pointer ||
              (sp == place.call.stack_pointer && cpu.x[30] != place.call.return_address));
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
  if (region.kind == Region::Kind::kCalls) resolve(place, end, cpu);
  const bool toggles = region.kind == Region::Kind::kSniper;  // one stop is one command
  if (place.inside) {
    if (!ends_at(region, place, end, cpu)) return;
    place.inside = false;
    if (toggles) return;
  }
  if (done(place) || !begins_at(region, place, end, cpu)) return;
  place.inside = true;
  place.call = Call(cpu);
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
  if (end.kind == emu::RunEnd::Kind::kCodeMapped) {
    find();
    return true;
  }
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
