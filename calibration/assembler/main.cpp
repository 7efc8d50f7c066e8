// At build time: the table of experiments becomes a source for the cross assembler.
// usage: m2sim_assembly_source TABLE.csv SOURCE.s
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <string>

#include "calibration/assembly.h"
#include "calibration/experiment.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  try {
    std::ifstream in(argv[1], std::ios::binary);
    const std::string table{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    std::ofstream out(argv[2], std::ios::binary);
    out << m2sim::calibration::assembly_source(m2sim::calibration::parse_experiments(table));
    out.close();
    if (in && out) return 0;
    std::perror(argv[2]);
  } catch (const std::exception& error) {
    std::fputs((std::string(argv[1]) + ": " + error.what() + "\n").c_str(), stderr);
  }
  return 1;
}
