// Runs experiments on a model of a core.
//
// What is measured begins and ends with an empty pipe, as on the hardware, where counters are read before and
// behind (which takes 35 cycles there and none here), and finds caches and predictors warm:
// - A loop whose addresses stay the same runs for 10 passes, and the next 20 are measured: the hardware
// measured 100,
//   and by then all is alike from pass to pass.
// - A loop that walks through memory runs whole, starts over, and is measured whole.
// - Without a loop uops are counted, in one run; they do not depend on what is warm.
#pragma once

#include <string>
#include <vector>

#include "calibration/catalogue.h"
#include "calibration/parallel.h"
#include "timing/config/config.h"

namespace m2sim::calibration {

enum class Model : std::uint8_t { kCore, kFastCore };

// What a model gives, or why it gives nothing.
struct Measurement {
  Figures figures;
  std::string failure;
};

Measurement measure(const CataloguedExperiment& experiment, const timing::CoreConfig& config, Model model);

struct Batch {
  std::vector<const CataloguedExperiment*> experiments;
  timing::CoreConfig config;
  Model model = Model::kCore;
  unsigned jobs = 1;  // threads
};

// In the order of the experiments.
std::vector<Measurement> measure_all(const Batch& batch, const ProgressSink& progress);

}  // namespace m2sim::calibration
