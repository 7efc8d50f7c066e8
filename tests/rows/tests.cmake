# Random words of every row of the encoding table, here and under QEMU, by one program: its usage is at the
# head of tool/prove_rows.cpp.
find_program(M2SIM_GUEST_GCC aarch64-linux-gnu-gcc REQUIRED)
find_program(M2SIM_GUEST_OBJCOPY aarch64-linux-gnu-objcopy REQUIRED)
set(rows_dir ${CMAKE_CURRENT_LIST_DIR})
set(runner ${CMAKE_CURRENT_BINARY_DIR}/run_samples.bin)
add_custom_command(
  OUTPUT ${runner}
  COMMAND ${M2SIM_GUEST_GCC} -nostdlib -static -Wl,--build-id=none -Wl,-Ttext=0x400000 -o ${runner}.elf
          ${rows_dir}/run_samples.s
  COMMAND ${M2SIM_GUEST_OBJCOPY} -O binary -j .text ${runner}.elf ${runner}
  DEPENDS ${rows_dir}/run_samples.s
  VERBATIM)
add_custom_target(rows_runner ALL DEPENDS ${runner})

file(GLOB rows_sources CONFIGURE_DEPENDS ${rows_dir}/*.cpp ${rows_dir}/tool/*.cpp)
add_executable(prove_rows ${rows_sources})
target_link_libraries(prove_rows PRIVATE m2sim_insts)
add_dependencies(prove_rows rows_runner)
