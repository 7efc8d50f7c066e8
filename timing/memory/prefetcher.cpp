#include "timing/memory/prefetcher.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdlib>

namespace m2sim::timing {

namespace {

constexpr std::uint64_t kNoPc = UINT64_MAX;

}  // namespace

Prefetcher::Prefetcher(const PrefetchConfig& config, std::uint32_t line_bytes, std::uint32_t page_bytes)
    : enabled_(config.enabled != 0),
      cross_pages_(config.cross_pages != 0),
      confirmations_(config.confirmations),
      degree_(config.degree),
      l1_distance_(config.l1_distance),
      l2_distance_(config.l2_distance),
      max_stride_(config.max_stride),
      line_shift_(static_cast<std::uint32_t>(std::countr_zero(line_bytes))),
      page_shift_(static_cast<std::uint32_t>(std::countr_zero(page_bytes))),
      pcs_(config.streams, kNoPc),
      streams_(config.streams) {
  assert(!streams_.empty());
}

Prefetcher::Stream& Prefetcher::begin(std::uint64_t pc, std::uint64_t address) {
  Stream& oldest = *std::ranges::min_element(streams_, {}, &Stream::used);
  pcs_[static_cast<std::size_t>(&oldest - streams_.data())] = pc;
  oldest = {.last = address};
  return oldest;
}

std::uint32_t Prefetcher::steps(const Stream& stream, std::uint64_t address, std::int64_t delta) const {
  if (stream.stride == 0) return 0;
  if (std::abs(stream.stride) != std::int64_t{1} << line_shift_) return delta == stream.stride ? 1 : 0;
  const auto lines = static_cast<std::int64_t>(line_of(address) - line_of(stream.last));
  const std::int64_t ahead = stream.stride > 0 ? lines : -lines;
  return ahead == 1 || ahead == 2 ? static_cast<std::uint32_t>(ahead) : 0;
}

Prefetcher::Stream* Prefetcher::advance(std::uint64_t pc, std::uint64_t address, At at) {
  Stream* const found = find(pc);
  if (at == At::kFirstUse && (found == nullptr || found->confidence < confirmations_)) return nullptr;
  Stream& stream = found != nullptr ? *found : begin(pc, address);
  stream.used = ++clock_;
  const auto delta = static_cast<std::int64_t>(address - stream.last);
  const auto lines = static_cast<std::int64_t>(line_of(address) - line_of(stream.last));
  if (lines == 0) {
    return nullptr;
  }
  if (const std::uint32_t moved = steps(stream, address, delta); moved != 0) {
    stream.last = address;
    stream.confidence = std::min(stream.confidence + 1, confirmations_);
    stream.l1_ahead -= std::min(stream.l1_ahead, moved);
    stream.l2_ahead -= std::min(stream.l2_ahead, moved);
    return stream.confidence >= confirmations_ ? &stream : nullptr;
  }
  // Loads that execute out of order look back a little without ending the stream.
  if (stream.confidence > 0 && steps(stream, 2 * stream.last - address, -delta) == 1) {
    return nullptr;
  }
  if (stream.confidence > 0) {
    --stream.confidence;
  } else {
    stream.stride = std::abs(delta) <= max_stride_ ? std::abs(lines) == 1 ? lines << line_shift_ : delta : 0;
  }
  stream.last = address;
  stream.l1_ahead = 0;
  stream.l2_ahead = 0;
  return nullptr;
}

}  // namespace m2sim::timing
