// A block with round and long holes, meshed with tetrahedra.
SetFactory("OpenCASCADE");
General.NumThreads = 1;
Mesh.MeshSizeMax = 0.06;
Mesh.MeshSizeMin = 0.02;
Mesh.MeshSizeFromCurvature = 18;
Mesh.Optimize = 1;
Box(1) = {0, 0, 0, 2, 1, 1};
n = 100;
holes() = {};
For i In {0:3}
  For j In {0:1}
    n += 1;
    Sphere(n) = {0.25 + 0.5 * i, 0.3 + 0.4 * j, 0.5, 0.12 + 0.01 * i};
    holes() += n;
  EndFor
EndFor
Cylinder(200) = {0, 0.5, 0.15, 2, 0, 0, 0.08};
Torus(201) = {1, 0.5, 0.85, 0.3, 0.06};
holes() += 200;
holes() += 201;
BooleanDifference{ Volume{1}; Delete; }{ Volume{holes()}; Delete; }
