// A row of blocks with plane faces, meshed with tetrahedra by Delaunay's method, its parallel version on one thread in the volume.
General.NumThreads = 1;
Mesh.Algorithm = 5;
Mesh.Algorithm3D = 10;
size = 0.022;
Point(1) = {0, 0, 0, size};
Point(2) = {0, 1, 0, size};
Point(3) = {0, 1, 0.8, size};
Point(4) = {0, 0, 0.8, size};
Line(1) = {1, 2};
Line(2) = {2, 3};
Line(3) = {3, 4};
Line(4) = {4, 1};
Curve Loop(1) = {1:4};
Plane Surface(1) = {1};
last() = {1};
For i In {1:4}
  last() = Extrude{0.7, 0, 0}{ Surface{last(0)}; };
EndFor
Mesh 3;
