// Colour transforms over one picture by OpenColorIO, of the kinds and in the ways of SPEC's four runs of
// ocioperf: colours lut1d|mntr|aces|heavy picture|copy|lines|pixels.
#include <OpenColorIO/OpenColorIO.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace ocio = OCIO_NAMESPACE;

namespace {

// A part of a picture of 8K that has all colours, and is larger than any cache.
constexpr long kWidth = 7680, kHeight = 1080, kChannels = 4;
constexpr long kPixels = kWidth * kHeight;
constexpr int kTurns = 20;

struct Work {
  ocio::TransformRcPtr transform;
  ocio::BitDepth in, out;
};

float curve(float x, float power) { return std::pow(std::clamp(x, 0.0F, 1.0F), power); }

// A table by the colours that its points stand for.
ocio::Lut3DTransformRcPtr cube(unsigned size, ocio::Interpolation interpolation) {
  auto lut = ocio::Lut3DTransform::Create(size);
  lut->setInterpolation(interpolation);
  const auto place = [&](unsigned i) { return static_cast<float>(i) / static_cast<float>(size - 1); };
  for (unsigned r = 0; r < size; ++r)
    for (unsigned g = 0; g < size; ++g)
      for (unsigned b = 0; b < size; ++b) {
        const float red = place(r), green = place(g), blue = place(b);
        lut->setValue(r, g, b, curve(1.3F * red - 0.2F * green, 1.8F),
                      curve(1.2F * green - 0.1F * blue, 1.7F), curve(1.1F * blue - 0.05F * red, 1.9F));
      }
  return lut;
}

ocio::Lut1DTransformRcPtr table(unsigned size, bool halfs, float power) {
  auto lut = ocio::Lut1DTransform::Create(size, halfs);
  for (unsigned i = 0; i < size; ++i) {
    float r, g, b;
    if (halfs) {
      lut->getValue(i, r, g, b);  // the number that this half is
      if (!(std::abs(r) < 1e5F)) continue;
    } else {
      r = static_cast<float>(i) / static_cast<float>(size - 1);
    }
    const float value = std::copysign(std::pow(std::abs(r), power), r);
    lut->setValue(i, value, value * 0.98F, value * 1.01F);
  }
  return lut;
}

ocio::CDLTransformRcPtr grade(std::vector<double> slopes_offsets_powers, double saturation) {
  auto cdl = ocio::CDLTransform::Create();
  cdl->setSOP(slopes_offsets_powers.data());
  cdl->setSat(saturation);
  cdl->setStyle(ocio::CDL_ASC);
  return cdl;
}

ocio::MatrixTransformRcPtr matrix(std::vector<double> rows) {
  auto result = ocio::MatrixTransform::Create();
  result->setMatrix(rows.data());
  return result;
}

// From scene light to video: primaries, a logarithm, a grade, a table.
ocio::TransformRcPtr to_video() {
  auto group = ocio::GroupTransform::Create();
  group->appendTransform(matrix(
      {1.4514, -0.2365, -0.2149, 0, -0.0766, 1.1763, -0.0997, 0, 0.0083, -0.006, 0.9977, 0, 0, 0, 0, 1}));
  auto log = ocio::LogCameraTransform::Create({0.0078125, 0.0078125, 0.0078125});
  log->setLogSideSlopeValue({0.0571, 0.0571, 0.0571});
  log->setLogSideOffsetValue({0.5548, 0.5548, 0.5548});
  group->appendTransform(log);
  group->appendTransform(grade({1, 1, 0.9, -0.02, -0.03, 0, 1, 1, 1}, 1.2));
  group->appendTransform(cube(33, ocio::INTERP_TETRAHEDRAL));
  return group;
}

// A matrix, a curve with a straight foot, a grade with powers, and a cube between two tables.
ocio::TransformRcPtr heavy() {
  auto group = ocio::GroupTransform::Create();
  group->appendTransform(matrix({0.9, 0.1, 0, 0, 0.05, 0.9, 0.05, 0, 0, 0.1, 0.9, 0, 0, 0, 0, 1}));
  auto foot = ocio::ExponentWithLinearTransform::Create();
  foot->setGamma({2.4, 2.4, 2.4, 1});
  foot->setOffset({0.055, 0.055, 0.055, 0});
  group->appendTransform(foot);
  group->appendTransform(grade({1.1, 1, 0.9, 0.01, 0, -0.01, 0.9, 1.05, 1.1}, 1.1));
  group->appendTransform(table(1024, false, 0.7F));
  group->appendTransform(cube(33, ocio::INTERP_LINEAR));
  group->appendTransform(table(4096, false, 0.45F));
  return group;
}

Work work(const std::string& kind) {
  if (kind == "lut1d") return {table(65536, true, 0.8F), ocio::BIT_DEPTH_UINT16, ocio::BIT_DEPTH_UINT16};
  if (kind == "mntr")
    return {matrix({0.99, 0, 0, 0, 0, 1.01, 0, 0, 0, 0, 0.98, 0, 0, 0, 0, 1}), ocio::BIT_DEPTH_UINT16,
            ocio::BIT_DEPTH_F32};
  if (kind == "aces") return {to_video(), ocio::BIT_DEPTH_F32, ocio::BIT_DEPTH_F32};
  if (kind == "heavy") return {heavy(), ocio::BIT_DEPTH_F32, ocio::BIT_DEPTH_F32};
  throw std::runtime_error("colours: no transform of that name");
}

template <class Value>
ocio::PackedImageDesc described(Value* pixels, long height, ocio::BitDepth depth) {
  return {pixels, kWidth, height, kChannels, depth, ocio::AutoStride, ocio::AutoStride, ocio::AutoStride};
}

// All colours of a cube one after the other, those outside of what can be shown too.
template <class Value>
std::vector<Value> picture(float least, float most, float unit) {
  constexpr long kSide = 201;
  const auto value = [&](float part) { return static_cast<Value>((least + part * (most - least)) * unit); };
  const auto step = [&](long number) { return value(static_cast<float>(number % kSide) / (kSide - 1)); };
  std::vector<Value> pixels;
  pixels.reserve(kPixels * kChannels);
  for (long i = 0; i < kPixels; ++i)
    pixels.insert(pixels.end(), {step(i / kSide / kSide), step(i / kSide), step(i),
                                 value(static_cast<float>(i) / kPixels)});
  return pixels;
}

template <class In, class Out>
void run(const ocio::ConstCPUProcessorRcPtr& cpu, const Work& work, const std::string& way,
         const std::vector<In>& reference) {
  std::vector<In> pixels = reference;
  std::vector<Out> results;
  const std::map<std::string, std::function<void()>> ways{
      {"picture",
       [&] {
         std::vector<In> copy = reference;
         auto all = described(copy.data(), kHeight, work.in);
         cpu->apply(all);
       }},
      {"copy",
       [&] {
         results.resize(pixels.size());
         const auto from = described(pixels.data(), kHeight, work.in);
         auto to = described(results.data(), kHeight, work.out);
         cpu->apply(from, to);
       }},
      {"lines",
       [&] {
         for (long y = 0; y < kHeight; ++y) {
           auto line = described(pixels.data() + y * kWidth * kChannels, 1, work.in);
           cpu->apply(line);
         }
       }},
      {"pixels",
       [&] {
         if constexpr (std::is_same_v<In, float>)
           for (long i = 0; i < kPixels; ++i) cpu->applyRGBA(pixels.data() + i * kChannels);
       }},
  };
  const auto& turn = ways.at(way);
  for (int i = 0; i < kTurns; ++i) turn();
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) throw std::runtime_error("colours: what, and in which way?");
  const Work todo = work(argv[1]);
  const auto cpu = ocio::Config::CreateRaw()
                       ->getProcessor(todo.transform)
                       ->getOptimizedProcessor(todo.in, todo.out, ocio::OPTIMIZATION_DEFAULT)
                       ->getOptimizedCPUProcessor(todo.in, todo.out, ocio::OPTIMIZATION_DEFAULT);
  if (todo.in == ocio::BIT_DEPTH_F32)
    run<float, float>(cpu, todo, argv[2], picture<float>(-1, 2, 1));
  else if (todo.out == ocio::BIT_DEPTH_F32)
    run<std::uint16_t, float>(cpu, todo, argv[2], picture<std::uint16_t>(0, 1, 65535));
  else
    run<std::uint16_t, std::uint16_t>(cpu, todo, argv[2], picture<std::uint16_t>(0, 1, 65535));
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
