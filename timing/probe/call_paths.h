// Who called what is executed: a tree of calling contexts, made from the blocks as they retire. A branch with
// link goes down by the place of the call, a return goes up to the innermost call that it returns to.
//
// Calls do not always end in their return, so the stack of a thread is set right by what else is seen:
//
// - A return that the last call does not expect goes up to the call that does, if there is one.
// - A jump to behind a call that the thread's innermost callers have made, as longjmp is, goes up to who made
// it.
// - A function that saves its return address shows how deep the guest's stack is. Calls that lie at that
//   depth or below it have been left: by longjmp, by an exception, or onto another stack.
// - Where control goes that no branch leads to, a signal has been delivered or its handler is left. A handler
//   begins a path of its own: nobody has called it.
//
// A jump to another function stays in the path, as its return leads to the same caller. A call from a place
// that lies on the path already, which recursion makes, goes back to that place's node, so that the tree of a
// program without an end to its recursion is finite. Past kMostPaths or kDeepest a call stays in its caller's
// node, and folded() counts those.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "emu/retired.h"
#include "timing/crack/crack.h"
#include "timing/probe/tally.h"

namespace m2sim::timing {

using PathId = std::uint32_t;
inline constexpr PathId kNoPath = UINT32_MAX;

// In the order of their discovery: a parent comes before its children.
struct CallPath {
  PathId parent = kNoPath;  // kNoPath: nobody has called, or nobody knows who
  std::uint32_t depth = 0;
  std::uint64_t site = 0;   // pc of the call, of what the parent's instructions lead to; kSignalSite
  std::uint64_t space = 0;  // emu::Block::space
  std::uint64_t calls = 0;  // while they counted
};

class CallPaths {
 public:
  static constexpr std::uint64_t kSignalSite = 1;  // no address of an instruction
  static constexpr std::size_t kMostPaths = std::size_t{1} << 17U;
  static constexpr std::uint32_t kDeepest = 256;
  static constexpr std::size_t kMostFrames = std::size_t{1} << 16U;

  CallPaths();

  // The blocks that follow are this thread's.
  void enter(std::uint32_t task, std::uint64_t space);
  // Something has executed unseen: all paths begin anew.
  void passed_over();
  void count_calls(bool on) { counting_ = on; }

  // A block executes: the path that it is in; next() is that of what follows.
  PathId follow(const emu::Record& record, const CrackedBlock& block) {
    if (block.pc != thread_->next_pc) [[unlikely]]
      arrive(block.pc);
    if (block.link_save != 0) save_link(record.addresses[block.link_save - 1]);
    const PathId path = next();
    const Left left{block.end(), block.target, block.branch, block.has_branch};
    if (record.has_next()) {
      go(left, record.next_pc());
    } else {
      thread_->left = left;
      thread_->next_pc = kUnknown;
    }
    return path;
  }
  PathId next() const { return thread_->frames.back().path; }

  const std::vector<CallPath>& paths() const { return paths_; }
  // Different calls that stay in their caller's node for want of room.
  std::uint64_t folded() const { return folded_; }

 private:
  static constexpr PathId kRootsParent = kNoPath - 1;
  static constexpr std::uint64_t kUnknown = 1;           // where a thread goes on
  static constexpr std::uint64_t kInHandler = 1;         // Frame::returns_to, in place of an address
  static constexpr std::uint64_t kHandlerLeft = 3;       // it has returned to what makes rt_sigreturn
  static constexpr std::uint64_t kOneStack = 8U << 20U;  // what lies farther apart is of two stacks
  static constexpr std::size_t kMostSearched = 4096;     // frames
  static constexpr std::size_t kMostJumpedOver = 64;     // the like
  static constexpr std::size_t kSiteBits = 1U << 14U;

  struct Frame {
    std::uint64_t returns_to = 0;
    std::uint64_t place = 0;  // in the guest's stack, where it saved its return address; 0: not known
    PathId path = 0;
  };
  // How a block ends.
  struct Left {
    std::uint64_t end = 0;
    std::uint64_t target = 0;
    BranchKind branch = BranchKind::kIndirect;
    bool branches = true;
  };
  struct Thread {
    std::uint64_t space = 0;
    std::vector<Frame> frames;  // the first is of what nobody is known to have called
    std::uint64_t beyond = 0;   // calls that have found them full
    std::uint64_t next_pc = kUnknown;
    Left left;  // from there
  };
  struct Call {
    PathId from = kNoPath;
    std::uint64_t site = 0;
    bool operator==(const Call&) const = default;
    bool none() const { return from == kNoPath; }
    std::size_t hash() const { return mixed(site ^ std::uint64_t{from} << 40U ^ from); }
  };

  static bool of_handler(const Frame& frame) {
    return frame.returns_to == kInHandler || frame.returns_to == kHandlerLeft;
  }
  void begin(Thread& thread);
  PathId root(std::uint64_t space);
  PathId callee(PathId from, std::uint64_t site);
  PathId discover(const Call& call);
  // From the end of a block.
  void go(const Left& left, std::uint64_t pc) {
    thread_->next_pc = pc;
    if (!left.branches) {
      if (pc != left.end) interrupt();
      return;
    }
    switch (left.branch) {
      case BranchKind::kConditional:
        if (pc != left.end && pc != left.target) interrupt();
        break;
      case BranchKind::kDirect:
        if (pc != left.target) interrupt();
        break;
      case BranchKind::kCall:
        call(left.end - 4);
        if (pc != left.target) interrupt();
        break;
      case BranchKind::kIndirectCall:
        call(left.end - 4);
        break;
      case BranchKind::kReturn:
        return_to(pc);
        break;
      case BranchKind::kIndirect:
        jump(pc);
        break;
    }
  }
  void arrive(std::uint64_t pc);
  void interrupt();
  void call(std::uint64_t site);
  void return_to(std::uint64_t pc) {
    std::vector<Frame>& frames = thread_->frames;
    if (frames.back().returns_to == pc && thread_->beyond == 0) {
      frames.pop_back();
    } else {
      search(pc);
    }
  }
  void search(std::uint64_t pc);
  // Most jumps go elsewhere: a bit of the site says so.
  void jump(std::uint64_t pc) {
    if ((site_bits_[site_bit(pc - 4) / 64] >> site_bit(pc - 4) % 64 & 1U) != 0) jump_back(pc);
  }
  void jump_back(std::uint64_t pc);
  static std::size_t site_bit(std::uint64_t site) { return site / 4 % kSiteBits; }
  void save_link(std::uint64_t place) {
    std::vector<Frame>& frames = thread_->frames;
    if (thread_->beyond != 0) return return_from_beyond(place);
    if (frames.size() > 2) {
      const Frame& caller = frames[frames.size() - 2];
      if (caller.place <= place || caller.place - place >= kOneStack) drop_left(place);
    }
    frames.back().place = place;
  }
  void drop_left(std::uint64_t place);
  void return_from_beyond(std::uint64_t place);

  std::vector<CallPath> paths_;
  Tally<Call> calls_;  // the path that each leads to, and one
  std::array<std::uint64_t, kSiteBits / 64> site_bits_{};
  std::vector<std::unique_ptr<Thread>> threads_;  // by the number of their task
  Thread* thread_;
  bool counting_ = false;
  std::uint64_t folded_ = 0;
};

}  // namespace m2sim::timing
