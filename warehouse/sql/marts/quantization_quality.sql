-- Published quality of weight formats against 16 bit, as their sources state it.
select * from core.quantization_quality
