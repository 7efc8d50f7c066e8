// Pages of zeros from the host, and a way to use the same ones again: for the host's kernel to give a page
// and to take it back is several times the work of writing zeros into it.
#pragma once

#include <cstddef>
#include <vector>

namespace m2sim::timing {

void* zeroed_pages(std::size_t bytes);  // throws std::bad_alloc
// What came from there.
void give_back_pages(void* pages, std::size_t bytes) noexcept;

// For who makes the same tables again and again, and touches about the same parts of them. Of one thread at a
// time.
class KeptPages {
 public:
  KeptPages() = default;
  ~KeptPages();
  KeptPages(const KeptPages&) = delete;
  KeptPages& operator=(const KeptPages&) = delete;

  // As long as it lives, what its thread asks for comes from these, where there are as many in one piece, and
  // what the thread gives back is kept. Not within another use.
  class Use {
   public:
    explicit Use(KeptPages& kept);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

    void* take(std::size_t bytes);  // null: there are none
    bool keep(void* pages, std::size_t bytes) noexcept;

   private:
    KeptPages& kept_;
    int page_map_;
  };

 private:
  struct Piece {
    void* pages;
    std::size_t bytes;
  };
  std::vector<Piece> pieces_;
};

}  // namespace m2sim::timing
