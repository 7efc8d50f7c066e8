// The experiments that are built in: what was measured, with the code as it was assembled.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "calibration/experiment.h"

namespace m2sim::calibration {

using Words = std::span<const std::uint32_t>;

// What assembly.h describes.
struct ExperimentCode {
  Words beginning;
  Words setup;
  Words body;
  Words end;
};

struct CataloguedExperiment {
  Experiment experiment;
  ExperimentCode code;
};

// Throws std::invalid_argument when the words are not those of the experiments.
std::vector<CataloguedExperiment> catalogue_of(std::vector<Experiment> experiments, Words words);

// Those that are built in.
const std::vector<CataloguedExperiment>& instruction_catalogue();

}  // namespace m2sim::calibration
