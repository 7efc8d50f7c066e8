#include "timing/probe/call_paths.h"

#include <algorithm>

namespace m2sim::timing {

CallPaths::CallPaths() {
  paths_.reserve(4096);
  enter(0, 0);
}

void CallPaths::enter(std::uint32_t task, std::uint64_t space) {
  if (task >= threads_.size()) threads_.resize(task + 1);
  std::unique_ptr<Thread>& thread = threads_[task];
  const bool same = thread != nullptr && thread->space == space;
  if (thread == nullptr) thread = std::make_unique<Thread>();
  thread->space = space;
  thread_ = thread.get();
  if (!same) begin(*thread);
}

void CallPaths::begin(Thread& thread) {
  thread.frames.assign(1, {0, 0, root(thread.space)});
  thread.beyond = 0;
  thread.next_pc = kUnknown;
  thread.left = {};
}

void CallPaths::passed_over() {
  for (const std::unique_ptr<Thread>& thread : threads_) {
    if (thread != nullptr) begin(*thread);
  }
}

// No call has such a site.
PathId CallPaths::root(std::uint64_t space) {
  std::uint64_t& path = calls_[{kRootsParent, space}];
  if (path != 0) return static_cast<PathId>(path - 1);
  paths_.push_back({kNoPath, 0, 0, space, 0});
  path = paths_.size();
  return static_cast<PathId>(path - 1);
}

PathId CallPaths::callee(PathId from, std::uint64_t site) {
  std::uint64_t& known = calls_[{from, site}];
  if (known == 0) known = discover({from, site}) + std::uint64_t{1};
  const auto path = static_cast<PathId>(known - 1);
  const bool folded = path == from && paths_[path].site != site;
  if (counting_ && !folded) ++paths_[path].calls;
  return path;
}

PathId CallPaths::discover(const Call& call) {
  site_bits_[site_bit(call.site) / 64] |= std::uint64_t{1} << site_bit(call.site) % 64;
  for (PathId path = call.from; path != kNoPath; path = paths_[path].parent) {
    if (paths_[path].site == call.site) return path;
  }
  const CallPath& from = paths_[call.from];
  if (from.depth == kDeepest || paths_.size() >= kMostPaths) {
    ++folded_;
    return call.from;
  }
  paths_.push_back({call.from, from.depth + 1, call.site, from.space, 0});
  return static_cast<PathId>(paths_.size() - 1);
}

void CallPaths::arrive(std::uint64_t pc) {
  if (thread_->next_pc == kUnknown) {
    go(thread_->left, pc);
  } else {
    interrupt();
  }
  thread_->next_pc = pc;
}

void CallPaths::call(std::uint64_t site) {
  std::vector<Frame>& frames = thread_->frames;
  if (frames.size() == kMostFrames) {
    ++thread_->beyond;
    return;
  }
  frames.push_back({site + 4, 0, callee(next(), site)});
}

void CallPaths::interrupt() {
  std::vector<Frame>& frames = thread_->frames;
  if (frames.back().returns_to == kHandlerLeft) {
    frames.pop_back();
  } else if (frames.size() < kMostFrames) {
    frames.push_back({kInHandler, 0, callee(root(thread_->space), kSignalSite)});
  }
}

// Not to where the last call expects it.
void CallPaths::search(std::uint64_t pc) {
  std::vector<Frame>& frames = thread_->frames;
  if (thread_->beyond != 0) {
    --thread_->beyond;
    return;
  }
  const std::size_t least = frames.size() - std::min(frames.size() - 1, kMostSearched);
  for (std::size_t i = frames.size() - 1; i >= least; --i) {
    if (frames[i].returns_to != pc) continue;
    frames.resize(i);
    return;
  }
  jump(pc);
  if (frames.back().returns_to == kInHandler) frames.back().returns_to = kHandlerLeft;
}

void CallPaths::jump_back(std::uint64_t pc) {
  std::vector<Frame>& frames = thread_->frames;
  if (thread_->beyond != 0) return;
  const std::size_t least = frames.size() - std::min(frames.size(), kMostJumpedOver);
  for (std::size_t i = frames.size(); i-- > least;) {
    if (!calls_.has({frames[i].path, pc - 4})) continue;
    frames.resize(i + 1);
    return;
  }
}

// The function that runs lies at `place`: who lies there or below it is not its caller.
void CallPaths::drop_left(std::uint64_t place) {
  std::vector<Frame>& frames = thread_->frames;
  const std::size_t top = frames.size() - 1;
  const std::size_t least = top - std::min(top - 1, kMostSearched);
  std::size_t left = top;  // the first of those
  for (std::size_t i = top; i-- > least;) {
    const std::uint64_t caller = frames[i].place;
    const std::uint64_t apart = caller > place ? caller - place : place - caller;
    if (caller == 0 || apart >= kOneStack) continue;
    if (caller > place) break;
    left = i;
  }
  if (left == top) return;
  Frame frame = frames.back();
  frames.resize(left);
  if (!of_handler(frame)) frame.path = callee(next(), frame.returns_to - 4);
  frames.push_back(frame);
}

// Whether the guest's stack is less deep than the last call that there was room for.
void CallPaths::return_from_beyond(std::uint64_t place) {
  const std::uint64_t last = thread_->frames.back().place;
  if (place < last || place - last >= kOneStack) return;
  thread_->beyond = 0;
  drop_left(place);
}

}  // namespace m2sim::timing
