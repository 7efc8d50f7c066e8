#include "calibration/fit/search.h"

#include <nlopt.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <memory>
#include <new>
#include <span>
#include <utility>

namespace m2sim::calibration {
namespace {

constexpr double kLocalStep = 0.1;    // of a parameter's span
constexpr double kGlobalShare = 0.5;  // of the time, about
constexpr double kNloptShare = 0.7;
constexpr double kLocalEnd = 1e-3;
constexpr double kExact = 1e-9;  // a loss below which there is nothing left to find

struct DestroyOptimizer {
  void operator()(nlopt_opt_s* optimizer) const { nlopt_destroy(optimizer); }
};

// One of NLopt's algorithms on a relaxed space.
class Minimizer {
 public:
  Minimizer(nlopt_algorithm algorithm, const Objective& objective, const Space& space, unsigned evaluations,
            double from, double to)
      : optimizer_(nlopt_create(algorithm, static_cast<unsigned>(space.free().size()))),
        objective_(objective),
        space_(space),
        evaluations_(evaluations),
        from_(from),
        to_(to) {
    if (!optimizer_) throw std::bad_alloc();
    nlopt_set_lower_bounds1(optimizer_.get(), 0);
    nlopt_set_upper_bounds1(optimizer_.get(), 1);
    nlopt_set_min_objective(optimizer_.get(), &Minimizer::call, this);
    nlopt_set_maxeval(optimizer_.get(), static_cast<int>(evaluations));
    nlopt_set_stopval(optimizer_.get(), kExact);
  }

  nlopt_opt_s* optimizer() { return optimizer_.get(); }

  // Of the vectors that were tried, those of the first calls.
  void count_design(unsigned calls) { design_calls_ = calls; }
  std::size_t design() const { return design_; }

  // Every distinct vector that was tried, in order.
  std::vector<Candidate> run(const Values& start) {
    std::vector<double> at = space_.relaxed(start);
    double least = 0;
    // How it ends does not matter: what was tried is known.
    nlopt_optimize(optimizer_.get(), at.data(), &least);
    if (failure_) std::rethrow_exception(failure_);
    return std::move(tried_);
  }

 private:
  static double call(unsigned count, const double* at, double* /*gradient*/, void* self) {
    return static_cast<Minimizer*>(self)->evaluate({at, count});
  }

  // Nothing may be thrown through NLopt's C.
  double evaluate(std::span<const double> at) noexcept {
    if (failure_) return HUGE_VAL;
    try {
      Values values = space_.values(at);
      const double loss = objective_(values);
      FitStatus& status = objective_.evaluations().status();
      status.best = std::min(status.best, loss);
      status.advance(from_ + (to_ - from_) * ++calls_ / evaluations_);
      const auto same = [&values](const Candidate& candidate) { return candidate.values == values; };
      if (std::ranges::none_of(tried_, same)) tried_.push_back({std::move(values), loss});
      if (calls_ <= design_calls_) design_ = tried_.size();
      return loss;
    } catch (...) {
      failure_ = std::current_exception();
      nlopt_force_stop(optimizer_.get());
      return HUGE_VAL;
    }
  }

  std::unique_ptr<nlopt_opt_s, DestroyOptimizer> optimizer_;
  const Objective& objective_;
  const Space& space_;
  unsigned evaluations_;
  double from_;  // its share of the phase
  double to_;
  unsigned calls_ = 0;
  unsigned design_calls_ = 0;
  std::size_t design_ = 0;
  std::vector<Candidate> tried_;
  std::exception_ptr failure_;
};

std::vector<Candidate> best_of(const Space& space, std::vector<Candidate> candidates, std::size_t count) {
  std::ranges::stable_sort(candidates,
                           [&space](const Candidate& a, const Candidate& b) { return better(space, a, b); });
  if (candidates.size() > count) candidates.resize(count);
  return candidates;
}

}  // namespace

SearchResult search(const Objective& objective, const Space& space, const SearchOptions& options) {
  const Values own = space.within(objective.evaluations().problem().own());
  SearchResult result{.best = {own, objective(own)}, .design = {own}};
  if (space.free().empty()) return result;
  const auto dimensions = static_cast<unsigned>(space.free().size());
  // Seeds are kept by NLopt for the thread.
  nlopt_srand(options.seed);
  const unsigned population = std::min(10 * (dimensions + 1), std::max(options.global / 2, dimensions + 2));
  Minimizer global(NLOPT_GN_CRS2_LM, objective, space, options.global, 0, kGlobalShare);
  nlopt_set_population(global.optimizer(), population);
  global.count_design(population);
  std::vector<Candidate> tried = global.run(own);
  for (std::size_t i = 0; i < global.design(); ++i) result.design.push_back(tried[i].values);

  tried = best_of(space, std::move(tried), options.starts);
  Minimizer local(NLOPT_LN_SBPLX, objective, space, options.local, kGlobalShare, kNloptShare);
  nlopt_set_initial_step1(local.optimizer(), kLocalStep);
  nlopt_set_xtol_abs1(local.optimizer(), kLocalEnd);
  std::vector<Candidate> nearby = local.run(tried.front().values);
  tried.insert(tried.end(), nearby.begin(), nearby.end());
  tried.push_back(result.best);
  for (const Candidate& start : best_of(space, std::move(tried), options.starts)) {
    const Candidate polished = polish(objective, space, start.values, {.pairs = false});
    if (better(space, polished, result.best)) result.best = polished;
    if (result.best.loss < kExact) break;
  }
  result.best = polish(objective, space, result.best.values, {.first_step = 0, .pairs = true});
  return result;
}

Candidate search_locally(const Objective& objective, const Space& space, const std::vector<Values>& starts) {
  std::vector<Candidate> candidates;
  for (const Values& start : starts) {
    Values values = space.within(start);
    const double loss = objective(values);
    candidates.push_back({std::move(values), loss});
  }
  return polish(objective, space, best_of(space, std::move(candidates), 1).front().values,
                {.first_step = 1.0 / 8, .pairs = false});
}

}  // namespace m2sim::calibration
