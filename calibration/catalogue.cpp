#include "calibration/catalogue.h"

#include <stdexcept>
#include <string_view>
#include <utility>

#include "calibration/embedded.h"

namespace m2sim::calibration {
namespace {

// Takes words from the front; more than there are is an error.
class WordReader {
 public:
  explicit WordReader(Words words) : words_(words) {}

  std::uint32_t one() { return take(1)[0]; }
  Words take(std::size_t count) {
    if (count > words_.size()) throw std::invalid_argument("the assembled experiments are cut off");
    const Words taken = words_.first(count);
    words_ = words_.subspan(count);
    return taken;
  }
  bool empty() const { return words_.empty(); }

 private:
  Words words_;
};

}  // namespace

std::vector<CataloguedExperiment> catalogue_of(std::vector<Experiment> experiments, Words words) {
  WordReader reader(words);
  const Words beginning = reader.take(reader.one());
  std::vector<CataloguedExperiment> catalogue;
  catalogue.reserve(experiments.size());
  for (Experiment& experiment : experiments) {
    const Words counts = reader.take(3);
    CataloguedExperiment& entry = catalogue.emplace_back();
    entry.experiment = std::move(experiment);
    entry.code = {beginning, reader.take(counts[0]), reader.take(counts[1]), reader.take(counts[2])};
  }
  if (!reader.empty()) throw std::invalid_argument("more was assembled than there are experiments");
  return catalogue;
}

const std::vector<CataloguedExperiment>& instruction_catalogue() {
  static const std::vector<CataloguedExperiment> catalogue =
      catalogue_of(parse_experiments(embedded_table()), embedded_code());
  return catalogue;
}

}  // namespace m2sim::calibration
