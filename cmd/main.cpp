#include "cmd/cli.h"

int main(int argc, char** argv) { return m2sim::cmd::run_m2sim({argv, argv + argc}); }
