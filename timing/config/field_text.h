// The value of a field as people write it: a number, or names where the number stands for something that has
// one.
//
// Capabilities and lists are several words; everything else is one.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "timing/config/config.h"
#include "timing/config/fields.h"

namespace m2sim::timing {

// "12"; "alu", "flags"; "int0"; "u1", "u2", "u3". A place without an element is "none".
std::vector<std::string> words_of(const CoreConfig& config, const Field& field);

// The same behind one another with commas, as --set takes them.
std::string text_of(const CoreConfig& config, const Field& field);

// The words that a field may hold; empty for a number, and for the names of a list.
std::vector<std::string> choices_of(const CoreConfig& config, FieldKind kind);

// Sets one field. Numbers are decimal, or hexadecimal behind 0x. What is wrong is returned and leaves the
// configuration alone; empty: nothing.
//
// Names of a list give it these elements in this order. Those that it had keep what they are, and what leads
// to them still does; a new one has to be described, or check() will say so.
std::string set_words(CoreConfig& config, const Field& field, std::span<const std::string> words);

}  // namespace m2sim::timing
