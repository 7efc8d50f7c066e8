#include "timing/memory/prefetcher.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>

namespace m2sim::timing {

Prefetcher::Prefetcher(const PrefetchConfig& config, std::uint32_t line_bytes, std::uint32_t page_bytes)
    : enabled_(config.enabled != 0),
      cross_pages_(config.cross_pages != 0),
      confirmations_(config.confirmations),
      degree_(config.degree),
      l1_distance_(config.l1_distance),
      l2_distance_(config.l2_distance),
      max_stride_(std::max(1U, config.max_stride / line_bytes)),
      lines_per_page_(page_bytes / line_bytes),
      streams_(config.streams) {
  assert(!streams_.empty());
}

Prefetcher::Stream* Prefetcher::find(std::uint64_t pc) {
  const auto found = std::ranges::find(streams_, pc, &Stream::pc);
  return found == streams_.end() ? nullptr : &*found;
}

Prefetcher::Stream& Prefetcher::begin(std::uint64_t pc, std::uint64_t line) {
  Stream& oldest = *std::ranges::min_element(streams_, {}, &Stream::used);
  oldest = {.pc = pc, .last = line};
  return oldest;
}

Prefetcher::Stream* Prefetcher::advance(std::uint64_t pc, std::uint64_t line, At at) {
  Stream* const found = find(pc);
  if (at == At::kFirstUse && (found == nullptr || found->confidence < confirmations_)) return nullptr;
  Stream& stream = found != nullptr ? *found : begin(pc, line);
  stream.used = ++clock_;
  std::int64_t delta = static_cast<std::int64_t>(line - stream.last);
  if (delta == 0) {
    return nullptr;
  }
  // A stride that is no multiple of the line alternates between one and two lines: follow it by lines.
  std::uint32_t steps = 1;
  if (delta == 2 * stream.stride && std::abs(stream.stride) == 1) {
    delta = stream.stride;
    steps = 2;
  }
  if (delta == stream.stride) {
    stream.last = line;
    stream.confidence = std::min(stream.confidence + 1, confirmations_);
    stream.l1_ahead -= std::min(stream.l1_ahead, steps);
    stream.l2_ahead -= std::min(stream.l2_ahead, steps);
    return stream.confidence >= confirmations_ ? &stream : nullptr;
  }
  // Loads that execute out of order look back a little without ending the stream.
  if (stream.confidence > 0 && delta == -stream.stride) {
    return nullptr;
  }
  if (stream.confidence > 0) {
    --stream.confidence;
  } else {
    stream.stride = std::abs(delta) <= max_stride_ ? delta : 0;
  }
  stream.last = line;
  stream.l1_ahead = 0;
  stream.l2_ahead = 0;
  return nullptr;
}

}  // namespace m2sim::timing
