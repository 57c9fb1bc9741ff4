import workload

orders = workload.orders()
