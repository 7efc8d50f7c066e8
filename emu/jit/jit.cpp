#include "emu/jit/jit.h"

#include <algorithm>
#include <cstring>

#include "emu/engine/block_end.h"

namespace m2sim::emu {
namespace {

constexpr std::size_t kMostLabels = 2048;
constexpr std::size_t kMostItemBytes = kMostX86Bytes;  // jumps are shorter

void distance_to(std::byte* at, const std::byte* target) {
  const auto distance = static_cast<std::int32_t>(target - (at + sizeof(std::int32_t)));
  std::memcpy(at, &distance, sizeof(distance));
}

}  // namespace

Jit::Jit(std::size_t bytes) : memory_(bytes, reinterpret_cast<const void*>(&leave)), paths_(memory_.base()) {
  labels_.reserve(kMostLabels);
  fixups_.reserve(kMostLabels);
}

Handler Jit::compile(const Block& block, Uop* uops, std::span<const UopSlot> slots) {
  paths_.begin(block, slots);
  for (unsigned slot = 0; slot < slots.size(); ++slot) {
    if (slots[slot] == UopSlot::kUop) paths_.add(slot);
  }
  const BlockCode& code = paths_.code();
  const std::span<std::byte> room = memory_.room();
  if (room.size() < (code.main.size() + code.side.size()) * kMostItemBytes) return nullptr;
  labels_.assign(code.labels, nullptr);
  fixups_.clear();
  std::byte* at = lay_out(code.main, room.data(), room.data() + room.size());
  if (at != nullptr) at = lay_out(code.side, at, room.data() + room.size());
  if (at == nullptr) return nullptr;
  for (const Fixup& fixup : fixups_) distance_to(fixup.at, labels_[fixup.label]);
  for (unsigned slot = 0; slot < slots.size(); ++slot) {
    if (slots[slot] == UopSlot::kUop) uops[slot].handler = reinterpret_cast<Handler>(labels_[slot]);
  }
  const auto bytes = static_cast<std::size_t>(at - room.data());
  memory_.take(bytes);
  const auto first = std::find(slots.begin(), slots.end(), UopSlot::kUop);
  return uops[first - slots.begin()].handler;
}

// Where it ends; null when an operand could not be encoded.
std::byte* Jit::lay_out(std::span<const CodeItem> items, std::byte* at, const std::byte* end) {
  for (const CodeItem& item : items) {
    switch (item.kind) {
      case CodeItem::Kind::kLabel:
        labels_[item.label] = at;
        break;
      case CodeItem::Kind::kInst: {
        const std::size_t bytes = encode_x86(item.inst, at);
        if (bytes == 0) return nullptr;
        at += bytes;
        break;
      }
      default:
        jump(at, item);
        break;
    }
  }
  return at <= end ? at : nullptr;
}

void Jit::jump(std::byte*& at, const CodeItem& item) {
  constexpr std::byte kLong{0x0F};
  constexpr std::byte kIf{0x80};
  constexpr std::byte kAlways{0xE9};
  if (item.kind == CodeItem::Kind::kBranch) {
    *at++ = kLong;
    *at++ = kIf | static_cast<std::byte>(item.condition);
  } else {
    *at++ = kAlways;
  }
  if (item.kind == CodeItem::Kind::kLeave) {
    distance_to(at, item.target);
  } else {
    fixups_.push_back({at, item.label});
  }
  at += sizeof(std::int32_t);
}

}  // namespace m2sim::emu
