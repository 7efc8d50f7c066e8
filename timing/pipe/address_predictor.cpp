#include "timing/pipe/address_predictor.h"

namespace m2sim::timing {

AddressPredictor::AddressPredictor(const CoreConfig& config)
    : confirmations_(config.lsq.address_confirmations),
      max_stride_(config.lsq.address_max_stride),
      page_bytes_(std::uint64_t{config.mmu.page_kib} * 1024),
      mask_((std::uint64_t{1} << config.lsq.address_index_bits) - 1),
      entries_(mask_ + 1) {}

}  // namespace m2sim::timing
