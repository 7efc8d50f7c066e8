# The style tests: one ctest entry a rule, and the checks' own tests.
set(check ${CMAKE_CURRENT_LIST_DIR}/check.py --root ${PROJECT_SOURCE_DIR} --build ${PROJECT_BINARY_DIR})
set(rules
    arrows cycles headers timeless file_size folder_size function_length patterns one_decoder prints host_effects hot_paths macros
    mnemonics costs system_calls words ends config_sources headers_tested clang_format clang_tidy)
# Only an optimised x86-64 or AArch64 build without the portable fallbacks dispatches by tail calls.
if(CMAKE_BUILD_TYPE MATCHES "^Rel" AND NOT M2SIM_PORTABLE AND NOT M2SIM_SANITIZE)
  list(APPEND rules tail_dispatch)
endif()

foreach(rule IN LISTS rules)
  add_test(NAME house.${rule} COMMAND ${Python3_EXECUTABLE} ${check} ${rule})
  set_tests_properties(house.${rule} PROPERTIES LABELS style TIMEOUT 120)
endforeach()
# It runs one process a core by itself, and is the longest: begin with it.
cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)
set_tests_properties(house.clang_tidy PROPERTIES TIMEOUT 1500 COST 1000 PROCESSORS ${cores})

add_test(NAME house.self_test COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/self_test.py)
set_tests_properties(house.self_test PROPERTIES LABELS style TIMEOUT 120)
